"""What is done before an installment is late and after: reminders to owners, contacts by staff, promises to pay."""

"""Another schedule for what is open of a loan whose borrower cannot pay as signed."""

"""A category for money in that nobody earned: refunds, grants, claims, deposits, gifts."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0018_papers_taken_back'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='banktransaction',
            name='transaction_category_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='categorycorrection',
            name='correction_category_is_known',
        ),
        migrations.AlterField(
            model_name='banktransaction',
            name='category',
            field=models.CharField(choices=[('customer_receipt', 'From customers'), ('supplier_payment', 'To suppliers'), ('salary', 'Wages'), ('rent', 'Rent'), ('tax', 'Taxes and social insurance'), ('loan_proceeds', 'Loan paid out'), ('loan_repayment', 'Loan paid back'), ('own_transfer', 'Between own accounts'), ('cash_in', 'Cash paid in'), ('cash_out', 'Cash taken out'), ('merchant_settlement', 'Card and wallet sales'), ('fee', 'Fees'), ('interest', 'Interest'), ('other_receipt', 'Refunds, grants and gifts'), ('unknown', 'Not known')], max_length=20, verbose_name='what for'),
        ),
        migrations.AlterField(
            model_name='categorycorrection',
            name='category',
            field=models.CharField(choices=[('customer_receipt', 'From customers'), ('supplier_payment', 'To suppliers'), ('salary', 'Wages'), ('rent', 'Rent'), ('tax', 'Taxes and social insurance'), ('loan_proceeds', 'Loan paid out'), ('loan_repayment', 'Loan paid back'), ('own_transfer', 'Between own accounts'), ('cash_in', 'Cash paid in'), ('cash_out', 'Cash taken out'), ('merchant_settlement', 'Card and wallet sales'), ('fee', 'Fees'), ('interest', 'Interest'), ('other_receipt', 'Refunds, grants and gifts'), ('unknown', 'Not known')], max_length=20, verbose_name='what for'),
        ),
        migrations.AlterField(
            model_name='categorycorrection',
            name='category_before',
            field=models.CharField(choices=[('customer_receipt', 'From customers'), ('supplier_payment', 'To suppliers'), ('salary', 'Wages'), ('rent', 'Rent'), ('tax', 'Taxes and social insurance'), ('loan_proceeds', 'Loan paid out'), ('loan_repayment', 'Loan paid back'), ('own_transfer', 'Between own accounts'), ('cash_in', 'Cash paid in'), ('cash_out', 'Cash taken out'), ('merchant_settlement', 'Card and wallet sales'), ('fee', 'Fees'), ('interest', 'Interest'), ('other_receipt', 'Refunds, grants and gifts'), ('unknown', 'Not known')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['customer_receipt', 'supplier_payment', 'salary', 'rent', 'tax', 'loan_proceeds', 'loan_repayment', 'own_transfer', 'cash_in', 'cash_out', 'merchant_settlement', 'fee', 'interest', 'other_receipt', 'unknown'])), name='transaction_category_is_known'),
        ),
        migrations.AddConstraint(
            model_name='categorycorrection',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['customer_receipt', 'supplier_payment', 'salary', 'rent', 'tax', 'loan_proceeds', 'loan_repayment', 'own_transfer', 'cash_in', 'cash_out', 'merchant_settlement', 'fee', 'interest', 'other_receipt', 'unknown'])), name='correction_category_is_known'),
        ),
    ]

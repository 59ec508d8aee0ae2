"""The chart of accounts that a lending bank opens its books with: pure data."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class ChartLine:
    """One account of the chart; ``contra`` accounts stand on the side opposite to their kind's."""

    number: str
    purpose: str
    kind: str
    name_en: str
    name_zh_hans: str
    contra: bool = False
    is_summary: bool = False

    @property
    def normal_side(self) -> str:
        """Debit for what the bank owns and spends, credit for what it owes and earns; contra accounts opposite."""
        return "debit" if (self.kind in {"asset", "expense"}) != self.contra else "credit"


CHART: Final = (
    ChartLine("1001", "cash", "asset", "Cash in hand", "库存现金"),
    ChartLine("1005", "cash_in_transit", "asset", "Cash in transit", "在途现金"),
    ChartLine("1011", "nostro", "asset", "Balances with other banks", "存放同业款项"),
    ChartLine("1301", "loans_principal", "asset", "Loans to customers", "贷款本金"),
    ChartLine("1302", "interest_receivable", "asset", "Interest receivable", "应收利息"),
    ChartLine("1303", "fee_receivable", "asset", "Fees receivable", "应收费用"),
    ChartLine("1304", "penalty_receivable", "asset", "Late charges receivable", "应收罚息"),
    ChartLine("1309", "loan_loss_provision", "asset", "Provision for loan losses", "贷款损失准备", contra=True),
    ChartLine("2011", "customer_deposits", "liability", "Customers' deposits", "客户存款", is_summary=True),
    ChartLine("2231", "interest_payable", "liability", "Interest owed to customers", "应付利息"),
    ChartLine("2301", "clearing", "liability", "Payments in clearing", "待清算款项"),
    ChartLine("2302", "suspense", "liability", "Unidentified receipts", "待查收款"),
    ChartLine("2401", "tax_payable", "liability", "Tax payable", "应交税费"),
    ChartLine("3001", "equity", "equity", "Paid-in capital", "实收资本"),
    ChartLine("3201", "retained_earnings", "equity", "Retained earnings", "未分配利润"),
    ChartLine("5001", "interest_income", "income", "Interest income", "利息收入"),
    ChartLine("5002", "fee_income", "income", "Fee income", "手续费收入"),
    ChartLine("5003", "penalty_income", "income", "Late charges", "罚息收入"),
    ChartLine("5004", "recovery_income", "income", "Recoveries of loans written off", "已核销贷款收回"),
    ChartLine("6001", "interest_expense", "expense", "Interest paid on deposits", "利息支出"),
    ChartLine("6002", "provision_expense", "expense", "Provisions for loan losses", "计提贷款损失"),
    ChartLine("6003", "write_off_expense", "expense", "Loans written off", "贷款核销损失"),
    ChartLine("6004", "waiver_expense", "expense", "Interest and charges waived", "减免支出"),
    ChartLine("6005", "rounding_difference", "expense", "Rounding differences", "尾差"),
    ChartLine("6006", "bank_charges", "expense", "Charges of other banks", "同业手续费支出"),
    ChartLine("6007", "cash_difference", "expense", "Cash over and short", "现金长短款"),
)

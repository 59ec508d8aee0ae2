"""Paths of the loan."""

from django.urls import path

from lending.loans import api, views
from lending.loans.lines import api as lines_api
from lending.loans.lines import views as lines
from lending.loans.losses import api as losses_api
from lending.loans.losses.views import allowances, reversals, risk, write_offs
from lending.loans.losses.views import rules as loss_rules
from lending.loans.rescheduling import api as rescheduling_api
from lending.loans.rescheduling import views as rescheduling
from lending.loans.waivers import api as waivers_api
from lending.loans.waivers import views as waivers

app_name = "loans"
urlpatterns = [
    path("", views.list_loans, name="list"),
    path("offers/<slug:reference>/", views.sign, name="sign"),
    path("offers/<slug:reference>/code/", views.send_code, name="send_code"),
    path("offers/<slug:reference>/account/", views.open_account, name="open_account"),
    path("offers/<slug:reference>/contract.pdf", views.contract, name="contract"),
    path("lines/", lines.list_lines, name="lines"),
    path("lines/<slug:reference>/", lines.line, name="line"),
    path("lines/<slug:reference>/draw/", lines.draw, name="draw"),
    path("lines/<slug:reference>/give-back/", lines.give_back, name="give_line_back"),
    path("lines/<slug:reference>/suspend/", lines.suspend, name="suspend_line"),
    path("lines/<slug:reference>/resume/", lines.resume, name="resume_line"),
    path("lines/<slug:reference>/lower/", lines.lower, name="lower_line"),
    path("reschedulings/", rescheduling.waiting, name="reschedulings"),
    path("reschedulings/<slug:reference>/", rescheduling.rescheduling, name="rescheduling"),
    path("reschedulings/<slug:reference>/conclude/", rescheduling.conclude, name="conclude_rescheduling"),
    path("reschedulings/<slug:reference>/withdraw/", rescheduling.withdraw, name="withdraw_rescheduling"),
    path("reschedulings/<slug:reference>/code/", rescheduling.send_code, name="send_rescheduling_code"),
    path("reschedulings/<slug:reference>/agree/", rescheduling.agree, name="agree_rescheduling"),
    path("reschedulings/<slug:reference>/amendment.pdf", rescheduling.amendment, name="amendment"),
    path("waivers/", waivers.waiting, name="waivers"),
    path("waivers/<slug:reference>/", waivers.waiver, name="waiver"),
    path("waivers/<slug:reference>/conclude/", waivers.conclude, name="conclude_waiver"),
    path("waivers/<slug:reference>/withdraw/", waivers.withdraw, name="withdraw_waiver"),
    path("allowances/", allowances.allowances, name="allowances"),
    path("allowances/<int:number>/", allowances.allowance, name="allowance"),
    path("loss-rules/", loss_rules.editions, name="loss_rules"),
    path("loss-rules/new/", loss_rules.propose, name="propose_loss_rules"),
    path("loss-rules/<int:version>/", loss_rules.edition, name="loss_rules_edition"),
    path("loss-rules/<int:version>/approve/", loss_rules.approve, name="approve_loss_rules"),
    path("loss-rules/<int:version>/discard/", loss_rules.discard, name="discard_loss_rules"),
    path("loss-rules/<int:version>/withdraw/", loss_rules.withdraw, name="withdraw_loss_rules"),
    path("write-offs/", write_offs.waiting, name="write_offs"),
    path("write-offs/<slug:reference>/", write_offs.write_off, name="write_off_proposal"),
    path("write-offs/<slug:reference>/conclude/", write_offs.conclude, name="conclude_write_off"),
    path("write-offs/<slug:reference>/withdraw/", write_offs.withdraw, name="withdraw_write_off"),
    path("write-offs/<slug:reference>/reverse/", write_offs.propose_reversal, name="reverse_write_off"),
    path("write-off-reversals/", reversals.waiting, name="write_off_reversals"),
    path("write-off-reversals/<slug:reference>/", reversals.reversal, name="write_off_reversal"),
    path("write-off-reversals/<slug:reference>/conclude/", reversals.conclude, name="conclude_reversal"),
    path("write-off-reversals/<slug:reference>/withdraw/", reversals.withdraw, name="withdraw_reversal"),
    path("write-offs/<slug:reference>/download/", write_offs.download, name="write_off_file"),
    path("<slug:reference>/", views.detail, name="detail"),
    path("<slug:reference>/repay/", views.repay, name="repay"),
    path("<slug:reference>/reschedule/", rescheduling.propose, name="reschedule"),
    path("<slug:reference>/waive/", waivers.propose, name="waive"),
    path("<slug:reference>/risk/", risk.risk, name="risk"),
    path("<slug:reference>/risk/judge/", risk.judge, name="judge"),
    path("<slug:reference>/risk/lift/", risk.lift, name="lift_judgment"),
    path("<slug:reference>/risk/write-off/", risk.propose_write_off, name="write_off"),
]
api_urlpatterns = [
    path("loans", api.Loans.as_view(), name="loans"),
    path("loans/<slug:reference>", api.OneLoan.as_view(), name="loan"),
    path("loans/<slug:reference>/payoff", api.Payoff.as_view(), name="loan_payoff"),
    path("loans/<slug:reference>/reschedulings", rescheduling_api.Reschedulings.as_view(), name="loan_reschedulings"),
    path("reschedulings/<slug:reference>", rescheduling_api.OneRescheduling.as_view(), name="rescheduling"),
    path("reschedulings/<slug:reference>/approval", rescheduling_api.Approval.as_view(), name="rescheduling_approval"),
    path("reschedulings/<slug:reference>/decline", rescheduling_api.Decline.as_view(), name="rescheduling_decline"),
    path(
        "reschedulings/<slug:reference>/withdrawal",
        rescheduling_api.Withdrawal.as_view(),
        name="rescheduling_withdrawal",
    ),
    path("loans/<slug:reference>/waivers", waivers_api.Waivers.as_view(), name="loan_waivers"),
    path("waivers/<slug:reference>", waivers_api.OneWaiver.as_view(), name="waiver"),
    path("waivers/<slug:reference>/approval", waivers_api.Approval.as_view(), name="waiver_approval"),
    path("waivers/<slug:reference>/decline", waivers_api.Decline.as_view(), name="waiver_decline"),
    path("waivers/<slug:reference>/withdrawal", waivers_api.Withdrawal.as_view(), name="waiver_withdrawal"),
    path("loans/<slug:reference>/risk", losses_api.Risk.as_view(), name="loan_risk"),
    path("loans/<slug:reference>/judgments", losses_api.Judgments.as_view(), name="loan_judgments"),
    path("loans/<slug:reference>/write-offs", losses_api.WriteOffs.as_view(), name="loan_write_offs"),
    path("write-offs/<slug:reference>", losses_api.OneWriteOff.as_view(), name="write_off"),
    path("write-offs/<slug:reference>/approval", losses_api.Approval.as_view(), name="write_off_approval"),
    path("write-offs/<slug:reference>/decline", losses_api.Decline.as_view(), name="write_off_decline"),
    path("write-offs/<slug:reference>/withdrawal", losses_api.Withdrawal.as_view(), name="write_off_withdrawal"),
    path("write-offs/<slug:reference>/reversals", losses_api.Reversals.as_view(), name="write_off_reversals"),
    path("write-off-reversals/<slug:reference>", losses_api.OneReversal.as_view(), name="write_off_reversal"),
    path(
        "write-off-reversals/<slug:reference>/approval", losses_api.ReversalApproval.as_view(), name="reversal_approval"
    ),
    path("write-off-reversals/<slug:reference>/decline", losses_api.ReversalDecline.as_view(), name="reversal_decline"),
    path(
        "write-off-reversals/<slug:reference>/withdrawal",
        losses_api.ReversalWithdrawal.as_view(),
        name="reversal_withdrawal",
    ),
    path("allowances", losses_api.Allowances.as_view(), name="allowances"),
    path("allowances/<int:number>/lines", losses_api.AllowanceLines.as_view(), name="allowance_lines"),
    path("credit-lines", lines_api.Lines.as_view(), name="credit_lines"),
    path("credit-lines/<slug:reference>", lines_api.OneLine.as_view(), name="credit_line"),
    path("credit-lines/<slug:reference>/draws", lines_api.Draws.as_view(), name="credit_line_draws"),
    path("credit-lines/<slug:reference>/cost", lines_api.DrawCost.as_view(), name="credit_line_cost"),
    path("credit-lines/<slug:reference>/end", lines_api.End.as_view(), name="credit_line_end"),
    path("credit-lines/<slug:reference>/suspension", lines_api.Suspension.as_view(), name="credit_line_suspension"),
    path("credit-lines/<slug:reference>/resumption", lines_api.Resumption.as_view(), name="credit_line_resumption"),
    path("credit-lines/<slug:reference>/limit", lines_api.Limit.as_view(), name="credit_line_limit"),
    path("loans/<slug:reference>/repayments", api.Repayments.as_view(), name="loan_repayments"),
]

"""What can be done with a settlement account."""

from accounts.ledger.operations import InsufficientFunds
from accounts.settlement.operations.accounts import (
    AccountNotOpen,
    OwnAccount,
    ReasonMissing,
    agree_on_terms,
    credit,
    debit,
    debit_to,
    end_mandate,
    freeze,
    open_account,
    register_mandate,
    unfreeze,
)
from accounts.settlement.operations.agreeing import OwnerConfirms, PayeeCoolsOff, PayeeOfAnother
from accounts.settlement.operations.agreements import (
    OverdraftRefused,
    TermsOfAnotherCurrency,
    TermsOfThePast,
)
from accounts.settlement.operations.batch_lines import judge
from accounts.settlement.operations.batches import (
    BatchHasProblems,
    cancel_batch,
    check_batch,
    confirm_batch,
    decline_batch,
    pay_batch,
    review_batch,
    submit_batch,
)
from accounts.settlement.operations.cash import SamePerson, confirm_cash, decline_cash, pay_in, pay_out
from accounts.settlement.operations.cash_together import ClearingDiffers, ClearingSums, NamedCash
from accounts.settlement.operations.closing import (
    AccountNotClosed,
    BalanceRemains,
    MandateStands,
    PaymentsUnderway,
    close,
)
from accounts.settlement.operations.collections import (
    Asked,
    BillPlanEndsEarly,
    BillTerms,
    Contact,
    CustomerUnreachable,
    RemindedToday,
    RequestDateWrong,
    cancel_request,
    expire_request,
    make_next_bill,
    plan_bills,
    remind,
    remind_in_time,
    request_payment,
    stop_plan,
)
from accounts.settlement.operations.confirming import PaymentReview, send_payment_code
from accounts.settlement.operations.corrections import (
    CorrectionExists,
    CorrectionSame,
    CorrectionSpent,
    RightCash,
    ask_correction,
    confirm_correction,
    decline_correction,
)
from accounts.settlement.operations.counts import (
    CountDiffers,
    PiecesRefused,
    confirm_count,
    count_drawer,
    decline_count,
)
from accounts.settlement.operations.day_end import check_interest, end_day
from accounts.settlement.operations.deliveries import (
    DeliveryThroughVault,
    confirm_delivery,
    decline_delivery,
    prepare_delivery,
)
from accounts.settlement.operations.drawers import (
    DrawerBeginsTooFull,
    DrawerClosed,
    DrawerDayCounted,
    DrawerExists,
    DrawerFull,
    DrawerMissing,
    DrawerNotEmpty,
    DrawerShort,
    DrawerWaits,
    HolderUnfit,
    OwnDrawer,
    change_limit,
    close_drawer,
    open_drawer,
)
from accounts.settlement.operations.foreseeing import foresee_nostro
from accounts.settlement.operations.handovers import (
    HandoverRefused,
    HandoverUncounted,
    NotTheirSide,
    decline_handover,
    hand_over,
    take_over,
)
from accounts.settlement.operations.keeping import (
    Elsewhere,
    KeepUntilWrong,
    KeptForNobody,
    keep_back,
    let_go,
    name_payee,
    pay_kept,
)
from accounts.settlement.operations.limits import DailyLimit, LimitRefused, NewPayeeLimit, SecondPersonNeeded, set_rules
from accounts.settlement.operations.nostro import read_nostro, receive_nostro, refuse_nostro
from accounts.settlement.operations.nostro_agreed import act_on_report, agree_to_nostro, set_nostro_aside
from accounts.settlement.operations.notices import (
    Choice,
    announce_again,
    announce_next,
    choose_notices,
    tell_of_failed_collection,
    usual_channel,
)
from accounts.settlement.operations.ordering import (
    OrderTerms,
    StandingOrderAboveLimit,
    StandingOrderDateWrong,
    StandingOrderEndsEarly,
    StandingOrderHasNoDate,
    hindrance,
)
from accounts.settlement.operations.papers import DayBeforeAccount, DayNotOver, certify_balance
from accounts.settlement.operations.payees import (
    BankCodeWrong,
    BankOfAnotherCountry,
    PayeeGone,
    PayeeNumberWrong,
    PayeeSavedAlready,
    PayeeUnpayable,
    add_payee,
    remove_payee,
    rename_holder,
)
from accounts.settlement.operations.paying_requests import pay_request, review_request
from accounts.settlement.operations.payments import (
    PaymentOfBank,
    VoidNotAsked,
    ask_to_void,
    confirm_payment,
    confirm_void,
    decline_payment,
    decline_void,
    give_back,
    pay,
    settle,
    void_payment,
)
from accounts.settlement.operations.proposals import (
    ProposalDecided,
    ProposalWaits,
    TermsAmountRefused,
    TiersRefused,
    approve_account_product,
    decline_account_product,
    propose_account_product,
)
from accounts.settlement.operations.receipts import ReceiptClaimed, claim_receipt, offer_giving_up
from accounts.settlement.operations.receiving import (
    RequestNotOpen,
    RequestOverpaid,
    RequestPartRefused,
    RequestUnknown,
    receive,
)
from accounts.settlement.operations.reconciling import reconcile_line
from accounts.settlement.operations.reviewing import review_payment
from accounts.settlement.operations.sending import send_payments
from accounts.settlement.operations.slips import (
    SlipDateToCome,
    SlipDrawer,
    SlipNumberMissing,
    SlipReused,
    enter_slip,
)
from accounts.settlement.operations.standing import (
    NothingWaits,
    change_standing_order,
    confirm_standing_order,
    decline_standing_order,
    end_standing_order,
    pause_standing_order,
    resume_standing_order,
    review_order_change,
    review_resuming,
    review_standing_order,
    set_up_standing_order,
)
from accounts.settlement.operations.standing_runs import carry_out
from accounts.settlement.operations.suspense import (
    ClearingSpent,
    ClearingTarget,
    ClearingWay,
    confirm_clearing,
    decline_clearing,
    propose_clearing,
    take_back,
)
from accounts.settlement.operations.transfers import (
    CurrencyDiffers,
    PayeeUnknown,
    TransferToItself,
    review_transfer,
    transfer,
)
from accounts.settlement.operations.webhooks import (
    add_webhook,
    enable_webhook,
    remove_webhook,
    replay_webhook,
    rotate_webhook_secret,
    tell_of_silent_webhooks,
)

"""Questions about the whole book."""

from lending.loans.losses.queries import READERS
from lending.portfolio.queries.book import Glance, glance
from lending.portfolio.queries.labels import labeled_rows
from lending.portfolio.queries.losses import losses
from lending.portfolio.queries.monitoring import Monitoring, monitoring
from lending.portfolio.queries.replay import Difference, Replay, last_night, replay, sample
from lending.portfolio.queries.scope import Scope, branches_of, card_names
from lending.portfolio.queries.trial import trial

"""Every customer with their forecast; one customer in full."""

import pandas as pd

from pages.parts import cached, derived
from pages.parts.customer_list import TIERS, choose_customer
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.layout import page_head
from pages.parts.local_surrogate import show_local_surrogate
from pages.parts.one_customer import show_forecast, show_history, show_reasons
from pages.parts.person_rights import show_rights, tell_erased
from pages.parts.recommended import show_recommended
from pages.parts.similar import show_similar
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _

page_head(
    _("Customers"),
    _("What each customer is worth by the forecast. Choose one to see why."),
)
run = require_run()
subject = show_subject(run.id)
tell_erased()
tiers = derived.tiers(run.id, chosen_cutoffs(run.id))
tell_moved_cutoffs(run.id)
key = choose_customer(run.id, tiers, subject)
customer = pd.concat([cached.customer(run.id, key).drop(TIERS), tiers.loc[key, TIERS]])

show_forecast(subject, customer)
show_history(run.id, subject, customer, key)
show_reasons(run.id, subject, customer, key)
show_local_surrogate(run.id, key)
show_similar(run.id, subject, tiers, key)
show_recommended(run.id, key)
show_rights(run.id, key)

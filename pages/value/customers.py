"""Every customer with their forecast; one customer in full."""

from pages.parts import derived
from pages.parts.customer_list import choose_customer
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.layout import page_head
from pages.parts.local_surrogate import show_local_surrogate
from pages.parts.one_customer import show_forecast, show_history, show_reasons
from pages.parts.people import read_customers
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
forecast = derived.tiered_forecast(run.id, chosen_cutoffs(run.id))
people = read_customers(run.id)
tell_moved_cutoffs(run.id)
key = choose_customer(run.id, forecast, people, subject)
customer = forecast.loc[key]

show_forecast(subject, customer)
show_history(run.id, subject, customer, key)
show_reasons(run.id, subject, customer, people, key)
show_local_surrogate(run.id, key)
show_similar(run.id, subject, forecast, people, key)
show_recommended(run.id, key)
show_rights(run.id, key)

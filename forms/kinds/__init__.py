"""The kinds of questions. A new one is a module here, a line below and a template in templates/kinds/."""

from typing import Annotated

from pydantic import Field

from forms.kinds.amounts import AmountsQuestion
from forms.kinds.areas import AreasQuestion
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.contact import ContactQuestion
from forms.kinds.derived import DerivedQuestion
from forms.kinds.partners import PartnersQuestion
from forms.kinds.period import PeriodQuestion
from forms.kinds.text import TextQuestion

AnyQuestion = Annotated[
    AmountsQuestion
    | AreasQuestion
    | ChoiceQuestion
    | ContactQuestion
    | DerivedQuestion
    | PartnersQuestion
    | PeriodQuestion
    | TextQuestion,
    Field(discriminator="kind"),
]

"""What this context knows, over HTTP."""

from telesalud.orders import wiring
from telesalud.orders.knowledge import KNOWLEDGE
from telesalud.platform.knowledge.routes import knowledge_group

group = knowledge_group(KNOWLEDGE, wiring.services)

"""paho: the HTTP interface of PAHO's earlier telehealth module, over the consults context."""

from chalice.app import Chalice, Response

from telesalud.consults.paho import routes
from telesalud.platform.http.on_chalice import raw_of, response_of

app = Chalice(app_name="paho")


def _bind(route: routes.Route) -> None:
    def view() -> Response:
        return response_of(routes.serve(route.handler, raw_of(app.current_request)))

    view.__name__ = route.handler.__name__
    app.route(route.path, methods=[route.method], content_types=list(route.content_types))(view)


for each in routes.ROUTES:
    _bind(each)

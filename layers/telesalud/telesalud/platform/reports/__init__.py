"""Reports: tables over a span of days, made by a background job and downloaded as CSV or PDF."""


def routes_of(context: str) -> tuple[str, ...]:
    """The routes that `routes.register` serves, for `Edge.deferred`."""
    path = f"/{context}/reports"
    return (
        f"POST {path}",
        f"GET {path}",
        f"GET {path}/{{report_id}}",
        f"GET {path}/{{report_id}}/link",
    )

"""People and their records: who they are, who may see what, and everything clinical.

Rooms from low to high, each of which imports only those before it: terminology, people, access,
summary, encounters, surveillance, chart, documents, measurements, questionnaires,
teleconsultations, custody; then neighbours, wiring, reports and routes. Whatever is kept of a
patient's chart opens through `access.opening`, an encounter through `encounters.opening`.
"""

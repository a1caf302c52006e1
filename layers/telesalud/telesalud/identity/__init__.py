"""Who people and partner systems are: users, sessions, second factors, clients, tenants."""

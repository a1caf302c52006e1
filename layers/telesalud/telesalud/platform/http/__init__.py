"""Operations over HTTP, from a raw request to a reply, without any framework."""

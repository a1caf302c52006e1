"""Operations of this context."""

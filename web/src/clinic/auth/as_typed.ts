/** For names and codes: no keyboard begins them with a capital, corrects them or underlines them. */
export const AS_TYPED = { autoCapitalize: 'none', autoCorrect: 'off', spellCheck: false } as const;

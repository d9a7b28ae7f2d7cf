/** Which space is meant; the first when it is not said. */
export const spaceOption = { space: { type: 'string' } } as const;

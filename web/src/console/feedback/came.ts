/** Where the person was when they chose to tell of a fault. */
export const came = { from: '' };

// Names in the order a Vietnamese reader expects: ă after a, đ after d.
export const Collators = { vi: new Intl.Collator('vi', { numeric: true }) };

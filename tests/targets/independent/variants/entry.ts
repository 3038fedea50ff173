/** What is unusual about a variant, and why no document forbids it. */
export type VariantRow = readonly [title: string, whyLawful: string];

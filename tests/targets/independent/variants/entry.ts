/** What is unusual about a variant, and why no document forbids it; a combined one names those that it consists of. */
export type VariantRow = readonly [title: string, whyLawful: string, parts?: readonly string[]];

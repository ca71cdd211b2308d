/**
 * Whether the header `Prefer` asks not to be waited for (RFC 7240, section 4.1). Other preferences, and parameters of
 * this one, are passed over, as the section allows.
 */
export function prefersAsync (header: string | readonly string[] | undefined): boolean {
  // A comma in a quoted string parts nothing.
  const text = [header ?? '']
    .flat()
    .join(',')
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
  return text.split(',').some((preference) => /^\s*respond-async\s*(=\s*""\s*)?(;|$)/i.test(preference))
}

/**
 * Returns whether arrays and objects of a JSON text are nested deeper than `maxDepth`. Text that is not JSON may be
 * judged either way. Whatever walks a value recursively, such as validation, would overflow the stack on deep ones.
 */
export function isNestedDeeper (json: string, maxDepth: number): boolean {
  let depth = 0
  // A text of JSON is skipped as a whole; the other brackets count.
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth > maxDepth) return true
  }
  return false
}

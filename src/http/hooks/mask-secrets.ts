const VALUE_END = String.raw`[^&"'\s\\,;}\]<>]`
const NAMES = String.raw`X-Amz-(?:Signature|Credential|Security-Token)|signature|(?:x-)?api[-_]?key|(?:access|id|refresh)[-_]?token|client[-_]?secret|authorization|cookie`
/** `=` or `:` after a name: in a query (percent-encoded once or twice), a header, or JSON (possibly escaped again). */
const SEPARATOR = String.raw`(?:\\*["']?\s*[=:]\s*\\*["']?|%(?:25)*3D|%(?:25)*3A(?:%(?:25)*20|\+)?)`

const SECRETS: ReadonlyArray<readonly [pattern: RegExp, replacement: string]> = [
  // The scheme with its credentials comes first: otherwise the next pattern would take `Bearer`, or a name that follows
  // another name, for the value.
  [/(Bearer|Basic|Digest)((?:\s|\+|%(?:25)*20)+)[\w.~+/=%-]+/gi, '$1$2***'],
  [
    new RegExp(
      String.raw`((?:${NAMES})${SEPARATOR})(?!(?:Bearer|Basic|Digest)\b|(?:${NAMES})${SEPARATOR})${VALUE_END}+`,
      'gi'
    ),
    '$1***'
  ],
  // Posterframe API keys and JSON Web Tokens, in any position.
  [/pfk_[\w-]+/g, 'pfk_***'],
  // The lookbehind keeps the match linear: otherwise every start within a long word would scan the word to its end.
  [/(?<![\w-])eyJ[\w-]{4,}(?:\.|%(?:25)*2E)[\w-]+(?:(?:\.|%(?:25)*2E)[\w-]*)*/gi, '***']
]

/**
 * Returns `text` with recognisable secrets masked: signatures of presigned and signed URLs, credentials in headers or
 * misplaced elsewhere, API keys and tokens in any position. Applied to every log line and to responses that echo a
 * request.
 */
export function maskSecrets (text: string): string {
  return SECRETS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text)
}

const VALUE_END = String.raw`[^&"'\s\\,;}\]<>]`
/** A hyphen or an underscore within a name, which may be percent-encoded. */
const JOINT = '(?:[-_]|%(?:25)*2D|%(?:25)*5F)'
const NAMES = [
  `X${JOINT}Amz${JOINT}(?:Signature|Credential|Security${JOINT}Token)`,
  'signature',
  `(?:x${JOINT})?api${JOINT}?key`,
  `(?:access|id|refresh|session|security)${JOINT}?token`,
  `client${JOINT}?secret`,
  `secret${JOINT}?access${JOINT}?key`,
  'password',
  'authorization',
  'cookie'
].join('|')
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
  // Credentials in a URL. The user name stays, and a text without a password is not one.
  [/(:\/\/[^\s/?#@:"'<>]{0,200}:)[^\s/?#@"'<>]{1,500}(?=@)/g, '$1***'],
  // The same, percent-encoded once or twice.
  [/((?:%(?:25)*3A)(?:%(?:25)*2F){2}[\w.~-]{0,200}%(?:25)*3A)[\w.~!*'()%-]{1,500}?(?=%(?:25)*40)/gi, '$1***'],
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

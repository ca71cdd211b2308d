const VALUE_END = String.raw`[^&"'\s\\,;}\]<>]`
const NAMES = String.raw`X-Amz-(?:Signature|Credential|Security-Token)|signature|(?:x-)?api[-_]?key|(?:access|id|refresh)[-_]?token|client[-_]?secret|authorization|cookie`
/** `=` or `:` after a name, in a query (encoded once or twice), a header, or JSON that may have been quoted again. */
const SEPARATOR = String.raw`(?:\\*["']?\s*[=:]\s*\\*["']?|%(?:25)*3D|%(?:25)*3A(?:%(?:25)*20|\+)?)`

const SECRETS: ReadonlyArray<readonly [pattern: RegExp, replacement: string]> = [
  // A scheme and what follows it, first: below, `Bearer` would pass for the whole value, as would a name that follows
  // a name.
  [/(Bearer|Basic|Digest)((?:\s|\+|%(?:25)*20)+)[\w.~+/=%-]+/gi, '$1$2***'],
  [
    new RegExp(
      String.raw`((?:${NAMES})${SEPARATOR})(?!(?:Bearer|Basic|Digest)\b|(?:${NAMES})${SEPARATOR})${VALUE_END}+`,
      'gi'
    ),
    '$1***'
  ],
  // A key of ours, and a JSON Web Token, wherever they stand.
  [/pfk_[\w-]+/g, 'pfk_***'],
  // Not within a run of its own characters: each start in one would read it to the end, which strangers can make long.
  [/(?<![\w-])eyJ[\w-]{4,}(?:\.|%(?:25)*2E)[\w-]+(?:(?:\.|%(?:25)*2E)[\w-]*)*/gi, '***']
]

/**
 * `text` without the secrets in it, as far as a secret can be told: presigned and signed queries, credentials in
 * headers or where somebody put them by mistake, API keys and tokens of any place. The last gate before the log, and
 * before what echoes a request.
 */
export function maskSecrets (text: string): string {
  return SECRETS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text)
}

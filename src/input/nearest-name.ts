import { distance } from 'fastest-levenshtein'

/** Names that callers of other services are used to, by the name that they have here. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  timestamp: ['t', 'at', 'position', 'second', 'seconds', 'offset'],
  width: ['w'],
  height: ['h'],
  quality: ['q'],
  format: ['fmt', 'type', 'ext'],
  background: ['color', 'colour'],
  framesPerSecond: ['fps'],
  regenerate: ['refresh', 'force'],
  expires: ['ttl'],
  key: ['url', 'src', 'source', 'path', 'object', 'video'],
  filename: ['name'],
  contentType: ['type', 'mime'],
  bytes: ['size'],
  items: ['thumbnails', 'timestamps']
}
const MAX_TYPOS = 3

/**
 * Returns the known name that was probably meant: the same but for case, hyphens and underscores, one that begins like
 * it, another word for it, or one with few typing errors. Undefined if none is near.
 */
export function findNearestName (name: string, known: readonly string[]): string | undefined {
  const plain = simplify(name)
  const alias = known.find((candidate) => OTHER_NAMES[candidate]?.includes(plain))
  if (alias !== undefined) return alias
  const longer = known.filter((candidate) => plain.length > 2 && simplify(candidate).startsWith(plain))
  if (longer.length === 1) return longer[0]
  const maxTypos = Math.min(MAX_TYPOS, Math.ceil(plain.length / 3))
  const guesses = known
    .map((candidate) => ({ candidate, typos: distance(simplify(candidate), plain) }))
    .filter(({ typos }) => typos <= maxTypos)
    .sort((one, other) => one.typos - other.typos)
  return guesses[0]?.candidate
}

function simplify (name: string): string {
  // Levenshtein distance takes time in proportion to the product of the lengths.
  return name.slice(0, 100).toLowerCase().replace(/[-_]/g, '')
}

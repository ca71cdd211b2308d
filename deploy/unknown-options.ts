import { closest, distance } from 'fastest-levenshtein'

/** Names that the CDK command writes into the context itself. All its other names contain a colon. */
const NAMES_OF_THE_CDK: readonly string[] = ['acknowledged-issue-numbers', 'cli-telemetry']

/** Most typing errors between an unknown name and the one that was probably meant. */
const MAX_TYPOS = 4

/** Shortest name that is looked for as a part of others. */
const MIN_PART = 3

/** Returns a problem for each of `names` that is neither one of `known` nor a name of the CDK. */
export function findUnknownOptions (names: readonly string[], known: readonly string[]): string[] {
  const unknown = names.filter(
    (name) => !known.includes(name) && !name.includes(':') && !NAMES_OF_THE_CDK.includes(name)
  )
  return unknown.map((name) => {
    const guesses = guessNames(name, known)
    const advice = guesses.length === 0 ? `the options are ${known.join(', ')}` : `did you mean ${guesses.join(' or ')}?`
    return `${name} is not an option; ${advice}`
  })
}

/** Returns the known name that `name` is a misspelling of, or else those that contain it. */
function guessNames (name: string, known: readonly string[]): readonly string[] {
  const simplify = (text: string): string => text.toLowerCase().replace(/[-_]/g, '')
  const simple = simplify(name)
  const nearest = closest(simple, known.map(simplify))
  const typos = distance(simple, nearest)
  if (typos <= MAX_TYPOS && typos < simple.length / 2) return known.filter((each) => simplify(each) === nearest)
  return simple.length < MIN_PART ? [] : known.filter((each) => simplify(each).includes(simple))
}

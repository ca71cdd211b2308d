// Prints the last line of .ci/run: node scripts/count-assertions.mjs FILE CODE. FILE is the TAP output of the test
// runner, CODE its exit code.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * Reads the runner's totals, the last `# { total, pass, ... }` of its output. Reports at least one failure if the
 * runner failed or ran nothing.
 * @param {string} tap
 * @param {number} exitCode of the runner
 */
export function countAssertions (tap, exitCode) {
  const totals = [...tap.matchAll(/^# (\{ total: .*\})$/gm)].at(-1)?.[1] ?? ''
  const count = (/** @type {string} */ name) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(totals)?.[1] ?? 0)
  const passed = count('pass')
  const failed = Math.max(count('fail'), exitCode === 0 && passed > 0 ? 0 : 1)
  return { passed, failed, skipped: count('skip') + count('todo') }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { passed, failed, skipped } = countAssertions(
    readFileSync(process.argv[2] ?? '', 'utf8'),
    Number(process.argv[3])
  )
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed === 0 ? 0 : 1
}

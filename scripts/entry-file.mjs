import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes the entry `name`.mjs, which checks the version of Node and then loads the bundle `name`-main.mjs. The check is
 * a file of its own, because an older Node rejects the bundle before it runs a line of it. Exit code 1, as for every
 * other command that cannot start; Lambda reports what an entry throws.
 * @param {string} outdir
 * @param {string} name
 * @param {{ requires: string, exports: readonly string[] }} options `requires` as in `engines` of package.json, and the
 * names that the bundle exports
 */
export async function writeEntry (outdir, name, { requires, exports }) {
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(requires) ?? []
  if (minor === undefined) throw new Error(`engines.node is '${requires}', and must have the form >=22.18`)
  const load = `import('./${name}-main.mjs')`
  const text = `${exports.length > 0 ? '' : '#!/usr/bin/env node\n'}const [major, minor] = process.versions.node.split('.').map(Number)
const isTooOld = major < ${major} || (major === ${major} && minor < ${minor})
const problem = 'Posterframe needs Node ${major}.${minor} or later, and this is Node ' + process.versions.node + ' (' +
  process.execPath + '). Install a later one: https://nodejs.org/en/download'
${exports.length > 0 ? exportsOf(load, exports) : runOf(load)}`
  await writeFile(join(outdir, `${name}.mjs`), text, { mode: 0o755 })
}

/** @param {string} load */
function runOf (load) {
  return `if (isTooOld) {
  process.stderr.write(problem + '\\n')
  process.exitCode = 1
} else {
  await ${load}
}
`
}

/**
 * @param {string} load
 * @param {readonly string[]} names
 */
function exportsOf (load, names) {
  return `if (isTooOld) throw new Error(problem)
export const { ${names.join(', ')} } = await ${load}
`
}

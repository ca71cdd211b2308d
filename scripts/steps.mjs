import { execFile, spawn } from 'node:child_process'
import { constants } from 'node:os'

/** A problem that the user has to solve. The message is one line that says how. */
export class SetupError extends Error {}

/**
 * Prints one line about a step. A step that has nothing to do prints nothing.
 * @param {string} line
 */
export function say (line) {
  process.stderr.write(`posterframe: ${line}\n`)
}

/**
 * Runs a command without showing its output.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number }} options
 * @returns {Promise<{ ok: boolean, tail: string }>} whether it succeeded, and the end of its output
 */
export function runQuietly (command, args, { cwd, env, timeoutMs }) {
  const options = { cwd, env, timeout: timeoutMs, killSignal: /** @type {const} */ ('SIGKILL'), maxBuffer: 2 ** 26 }
  return new Promise((resolve) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim()
      resolve({ ok: error === null, tail: (output || (error?.message ?? '')).slice(-2000) })
    })
    child.stdin?.end()
  })
}

/**
 * Runs a command in the foreground: it inherits the terminal and receives the signals that this process receives.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, onMessage?: ((message: any) => void) | undefined }} options
 * `onMessage` receives what a program of Node sends with `process.send`
 * @returns {Promise<number>} its exit code, or 128 plus the number of the signal that ended it
 */
export function runInForeground (command, args, { cwd, env, onMessage }) {
  return new Promise((resolve, reject) => {
    const stdio = /** @type {const} */ (['inherit', 'inherit', 'inherit'])
    const child = spawn(command, args, { cwd, env, stdio: onMessage === undefined ? [...stdio] : [...stdio, 'ipc'] })
    if (onMessage !== undefined) child.on('message', onMessage)
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    // A terminal sends Ctrl-C to the child as well, and a second SIGINT would cut its graceful close short.
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, forward)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

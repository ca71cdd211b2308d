import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Something that the person at the keyboard has to put right; the message is the one line that says how. */
export class SetupError extends Error {}

/**
 * Tells what is being done, one line per step. Nothing is said when there is nothing to do.
 * @param {string} line
 */
export function say (line) {
  process.stderr.write(`posterframe: ${line}\n`)
}

/**
 * Runs a command without its output and tells how it went; `tail` is what it said last.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number }} options
 * @returns {Promise<{ ok: boolean, tail: string }>}
 */
export function runQuietly (command, args, { cwd, env, timeoutMs }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let tail = ''
    const keepTail = (/** @type {Buffer} */ chunk) => {
      tail = (tail + chunk.toString()).slice(-2000)
    }
    child.stdout.on('data', keepTail)
    child.stderr.on('data', keepTail)
    child.on('error', (error) => resolve({ ok: false, tail: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, tail: tail.trim() }))
  })
}

/**
 * Runs a command in the foreground: its terminal is ours, signals go on to it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code, or 128 and the number of the signal that ended it
 */
export function runInForeground (command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' })
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    // A terminal sends Ctrl-C to the child by itself; a second one would cut short its graceful close.
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

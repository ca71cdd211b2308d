import { once } from 'node:events'
import { createServer } from 'node:net'
import { SetupError } from './steps.mjs'

/** What to do about each error of listening that a user can correct. */
const ADVICE = {
  EADDRINUSE: 'is in use: stop the program that uses it, or set POSTERFRAME_PORT to another one',
  EACCES: 'needs more rights than this user has: set POSTERFRAME_PORT to one above 1023'
}

/**
 * Throws if the service could not listen on its port. An invalid port is left to the check of the configuration.
 * @param {NodeJS.ProcessEnv} env
 * @throws SetupError
 */
export async function assertPortIsFree (env) {
  const port = Number(env['POSTERFRAME_PORT']?.trim() || env['PORT']?.trim() || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return
  const server = createServer()
  try {
    await once(server.listen({ host: env['POSTERFRAME_HOST']?.trim() || '127.0.0.1', port }), 'listening')
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code
    const advice = ADVICE[/** @type {keyof typeof ADVICE} */ (code)]
    if (advice !== undefined) throw new SetupError(`port ${port} ${advice}, such as POSTERFRAME_PORT=8080 npm start`)
    return
  }
  await once(server.close(), 'close')
}

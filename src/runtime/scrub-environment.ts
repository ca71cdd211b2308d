import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { AwsCredentials } from '../store/s3/s3-client.ts'

/** Secrets of this service that are read only while the configuration is loaded. */
const OWN_SECRETS = ['POSTERFRAME_API_KEYS', 'POSTERFRAME_SIGNING_SECRETS', 'POSTERFRAME_UPLOAD_SECRET']
const AWS_SECRETS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION']
/** Fields of /proc/self/stat with the address range of the environment block, counted from 1 (proc(5)). */
const [ENV_START, ENV_END] = [50, 51]

/**
 * Deletes the secrets from `env` once the configuration has been read, and returns the AWS credentials that were among
 * them. No child process then inherits them, and a dump of the environment, as in a diagnostic or crash report, does
 * not contain them. The copy in `/proc/<pid>/environ` remains; `scrubEnvironment` wipes it.
 *
 * If a profile is named, the SDK reads the profile instead of these variables, and the profile may refer back to them,
 * so they are left in place. The URL and token of a credential service (ECS, EKS) are left in place too, because the
 * SDK needs them each time the temporary credentials expire.
 */
export function removeSecrets (env: Record<string, string | undefined>): AwsCredentials | undefined {
  for (const name of OWN_SECRETS) delete env[name]
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_CREDENTIAL_EXPIRATION: expiration
  } = env
  if (!accessKeyId || !secretAccessKey || env['AWS_PROFILE']) return undefined
  for (const name of AWS_SECRETS) delete env[name]
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    ...(expiration ? { expiration: new Date(expiration) } : {})
  }
}

/**
 * Wipes the memory block in which the kernel passed the environment to this process. Any process of the same user can
 * read it as `/proc/<pid>/environ`, and it keeps the credentials that the service was started with even after a
 * variable is changed or deleted. The variables themselves keep their values, in other memory.
 *
 * @param environment `process.env`
 * @returns false if the block could not be wiped, because there is no proc(5) or it is not accessible
 */
export function scrubEnvironment (environment: NodeJS.ProcessEnv): boolean {
  // setenv(3) copies a value; until then the C library's table points into the block.
  for (const [name, value] of Object.entries(environment)) environment[name] = value
  try {
    const { start, end } = findEnvironmentBlock()
    if (end <= start) return false
    wipe(start, end - start)
    return true
  } catch {
    return false
  }
}

function findEnvironmentBlock (): { start: number, end: number } {
  // The second field is the name of the program in brackets, which may contain any character.
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync('/proc/self/stat', 'latin1')) ?? []
  const numbers = fields.split(' ').map(Number)
  const read = (field: number) => numbers[field - 3] ?? 0
  return { start: read(ENV_START), end: read(ENV_END) }
}

function wipe (address: number, bytes: number): void {
  const memory = openSync('/proc/self/mem', 'r+')
  try {
    writeSync(memory, Buffer.alloc(bytes), 0, bytes, address)
  } finally {
    closeSync(memory)
  }
}

import type { AwsCredentials } from '../store/s3/s3-client.ts'

/** Variables that nothing reads once the configuration is loaded. */
const OWN_SECRETS = ['POSTERFRAME_API_KEYS', 'POSTERFRAME_SIGNING_SECRETS', 'POSTERFRAME_UPLOAD_SECRET']
const AWS_SECRETS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION']

/**
 * Takes the secrets out of `env` once the configuration has been read, and answers the AWS credentials that were
 * among them. So no child process inherits them, and what dumps the environment, as diagnostics and crash reports do,
 * has nothing to tell. What `/proc/<pid>/environ` shows to the same user is wiped by `scrubEnvironment`.
 *
 * Where a profile is named, the SDK reads that and not these, and may be sent back to them by it: then they stay. The
 * address and token of a credential service (ECS, EKS) stay too, since the SDK needs them whenever the credentials of
 * an hour are used up.
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

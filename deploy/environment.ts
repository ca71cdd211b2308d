import type { ConfigVariableName } from '../src/config/variables.ts'
import type { RoleName } from './policy.ts'
import type { Settings } from './settings.ts'
import { SIZES } from './sizes.ts'

/** What only the stack knows. */
export interface StackFacts {
  readonly sourceBucket: string
  readonly outputBucket: string
  /** The account that all buckets belong to. */
  readonly account: string
  /** References to the values of secrets, which CloudFormation puts in. */
  readonly secrets: {
    readonly uploads: string
    readonly apiKeys: string | undefined
    readonly signing: string | undefined
  }
}

/** The environment of one function. A secret goes to the function that needs it alone. */
export function planEnvironment (
  role: RoleName,
  settings: Settings,
  info: StackFacts
): Partial<Record<ConfigVariableName, string>> {
  const { thumbnailTimeoutMs, maxSourceGib } = SIZES[role]
  return {
    POSTERFRAME_STORE: 's3',
    POSTERFRAME_OUTPUT_BUCKET: info.outputBucket,
    POSTERFRAME_OUTPUT_PREFIX: settings.outputPrefix === '' ? '/' : settings.outputPrefix,
    POSTERFRAME_SOURCE_BUCKETS: info.sourceBucket,
    ...optional('POSTERFRAME_SOURCE_PREFIXES', settings.sourcePrefixes?.join(',')),
    POSTERFRAME_S3_EXPECTED_BUCKET_OWNER: info.account,
    POSTERFRAME_MAX_SOURCE_BYTES: `${maxSourceGib}GiB`,
    POSTERFRAME_TIMEOUT_MS: String(thumbnailTimeoutMs),
    ...(settings.package === 'zip' ? { FFMPEG_PATH: '/opt/bin/ffmpeg' } : {}),
    ...(role === 'api' ? planAccess(settings, info) : { POSTERFRAME_AUTH: 'none' }),
    ...(role === 'events' ? planEvents(settings) : {})
  }
}

/** Where `/v1/uploads` puts files: the folder, below the first of the prefixes that all keys have. */
export function planUploadPrefixes ({ sourcePrefixes = [''], uploadPrefix }: Settings): string[] {
  return [`${sourcePrefixes[0] ?? ''}${uploadPrefix}`]
}

function planAccess (settings: Settings, { secrets }: StackFacts): Partial<Record<ConfigVariableName, string>> {
  const { auth, jwt, corsOrigins, uploadPrefix } = settings
  return {
    // Whom the gateway lets through may do all.
    POSTERFRAME_AUTH: auth === 'iam' ? 'none' : auth,
    POSTERFRAME_UPLOAD_PREFIX: uploadPrefix === '' ? '/' : uploadPrefix,
    POSTERFRAME_UPLOAD_SECRET: secrets.uploads,
    ...optional('POSTERFRAME_API_KEYS', secrets.apiKeys),
    ...optional('POSTERFRAME_SIGNING_SECRETS', secrets.signing),
    ...optional('POSTERFRAME_JWT_ISSUER', jwt?.issuer),
    ...optional('POSTERFRAME_JWT_AUDIENCE', jwt?.audience),
    ...optional('POSTERFRAME_JWT_JWKS_URL', jwt?.jwksUrl),
    ...optional('POSTERFRAME_CORS_ORIGINS', corsOrigins.length === 0 ? undefined : corsOrigins.join(','))
  }
}

function planEvents ({
  eventThumbnails,
  completionTarget,
  onSourceDeleted
}: Settings): Partial<Record<ConfigVariableName, string>> {
  return {
    POSTERFRAME_EVENT_THUMBNAILS: eventThumbnails,
    POSTERFRAME_ON_SOURCE_DELETED: onSourceDeleted,
    ...optional('POSTERFRAME_COMPLETION_TARGET', completionTarget)
  }
}

function optional (name: ConfigVariableName, value: string | undefined): Partial<Record<ConfigVariableName, string>> {
  return value === undefined ? {} : { [name]: value }
}

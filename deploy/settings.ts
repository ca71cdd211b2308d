import { SettingsError } from './settings-error.ts'
import { findUnknownOptions } from './unknown-options.ts'

/** Names of the options of `-c name=value`; docs/deploy.md explains each. */
export const CONTEXT_OPTIONS = [
  'package',
  'architecture',
  'ffmpeg',
  'dist',
  'sourceBucket',
  'sourceKeyArn',
  'sourcePrefixes',
  'outputBucket',
  'outputKeyArn',
  'outputPrefix',
  'uploadPrefix',
  'expireUploadsDays',
  'encryption',
  'auth',
  'apiKeysSecret',
  'signingSecret',
  'jwtIssuer',
  'jwtAudience',
  'jwtJwksUrl',
  'corsOrigins',
  'eventThumbnails',
  'eventPrefix',
  'onSourceDeleted',
  'completionTarget',
  'reserve',
  'alarmTopicArn'
] as const

/** One name of {@link CONTEXT_OPTIONS}. */
export type ContextOption = (typeof CONTEXT_OPTIONS)[number]

/** An existing bucket and the KMS key that encrypts it. */
export interface ExistingBucket {
  readonly name: string
  readonly keyArn: string | undefined
}

/** Settings of the deployment, read from the context. */
export interface Settings {
  /** `image`: Docker builds it during deployment. `zip`: `dist/`, with ffmpeg in a layer. */
  readonly package: 'image' | 'zip'
  readonly architecture: 'x86_64' | 'arm64'
  /** Path of the ffmpeg for the layer; undefined: that of ffmpeg-static. */
  readonly ffmpeg: string | undefined
  /** Path of the output of `npm run build`; undefined: `dist/` of the project. */
  readonly dist: string | undefined
  /** Undefined: the stack creates a bucket. */
  readonly source: ExistingBucket | undefined
  readonly sourcePrefixes: readonly string[] | undefined
  readonly output: ExistingBucket | undefined
  readonly outputPrefix: string
  readonly uploadPrefix: string
  /** Days after which uploaded videos are deleted; undefined: never. */
  readonly expireUploadsDays: number | undefined
  readonly encryption: 'kms' | 's3'
  /** `iam`: the gateway requires AWS credentials. Otherwise the service authenticates callers, or nothing does. */
  readonly auth: 'iam' | 'api-key' | 'jwt' | 'api-key,jwt' | 'none'
  /** Name of the secret in Secrets Manager that holds POSTERFRAME_API_KEYS. */
  readonly apiKeysSecret: string | undefined
  /** Name of the secret in Secrets Manager that holds POSTERFRAME_SIGNING_SECRETS. */
  readonly signingSecret: string | undefined
  readonly jwt: { readonly issuer: string, readonly audience: string, readonly jwksUrl: string } | undefined
  readonly corsOrigins: readonly string[]
  /** Named option sets in the syntax of `POSTERFRAME_EVENT_THUMBNAILS`. */
  readonly eventThumbnails: string
  /** Prefix of the keys whose events are handled; undefined: all keys. */
  readonly eventPrefix: string | undefined
  readonly onSourceDeleted: 'keep' | 'delete'
  /** ARN of an event bus, a topic or a queue. */
  readonly completionTarget: string | undefined
  readonly reserve: boolean
  readonly alarmTopicArn: string | undefined
}

/**
 * Reads and checks the context: options by name, beside those of the CDK.
 * @throws SettingsError that lists every problem
 */
export function readSettings (context: Readonly<Record<string, unknown>>): Settings {
  const problems = findUnknownOptions(Object.keys(context), CONTEXT_OPTIONS)
  const text = (name: ContextOption): string | undefined => {
    const value = context[name]
    if (value !== undefined && typeof value !== 'string') problems.push(`${name} must be a string`)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const choice = <T extends string>(name: ContextOption, choices: readonly [T, ...T[]]): T => {
    const value = text(name)
    const found = choices.find((each) => each === value)
    if (value !== undefined && found === undefined) {
      problems.push(`${name} is ${value}; it must be one of ${choices.join(', ')}`)
    }
    return found ?? choices[0]
  }
  const prefix = (name: ContextOption, fallback: string): string => {
    const value = text(name) ?? fallback
    if (value !== '/' && !/^([^/*?$]+\/)+$/.test(value)) {
      problems.push(`${name} is ${value}; it must end with a slash, such as ${fallback}, or be / for no prefix`)
    }
    return value === '/' ? '' : value
  }
  const list = (name: ContextOption): readonly string[] | undefined =>
    text(name)
      ?.split(',')
      .map((each) => each.trim())
  const bucket = (
    name: 'sourceBucket' | 'outputBucket',
    keyName: 'sourceKeyArn' | 'outputKeyArn'
  ): ExistingBucket | undefined => {
    const existing = text(name)
    const keyArn = text(keyName)
    if (existing === undefined && keyArn !== undefined) problems.push(`${keyName} requires ${name}`)
    return existing === undefined ? undefined : { name: existing, keyArn }
  }
  const days = text('expireUploadsDays')
  if (days !== undefined && !(Number(days) >= 2 && Number.isInteger(Number(days)))) {
    problems.push(`expireUploadsDays is ${days}; it must be an integer of at least 2, because an upload may take a day`)
  }
  const sourcePrefixes = list('sourcePrefixes')
  if (sourcePrefixes?.some((each) => !/^([^/*?$]+\/)+$/.test(each)) === true) {
    problems.push(`sourcePrefixes is ${sourcePrefixes.join()}; each prefix must end with a slash`)
  }
  const [issuer, audience, jwksUrl] = [text('jwtIssuer'), text('jwtAudience'), text('jwtJwksUrl')]
  const settings: Settings = {
    package: choice('package', ['image', 'zip']),
    architecture: choice('architecture', ['x86_64', 'arm64']),
    ffmpeg: text('ffmpeg'),
    dist: text('dist'),
    source: bucket('sourceBucket', 'sourceKeyArn'),
    sourcePrefixes,
    output: bucket('outputBucket', 'outputKeyArn'),
    outputPrefix: prefix('outputPrefix', 'thumbnails/'),
    uploadPrefix: prefix('uploadPrefix', 'uploads/'),
    expireUploadsDays: days === undefined ? undefined : Number(days),
    encryption: choice('encryption', ['kms', 's3']),
    auth: choice('auth', ['iam', 'api-key', 'jwt', 'api-key,jwt', 'none']),
    apiKeysSecret: text('apiKeysSecret'),
    signingSecret: text('signingSecret'),
    jwt:
      issuer === undefined || audience === undefined || jwksUrl === undefined
        ? undefined
        : { issuer, audience, jwksUrl },
    corsOrigins: list('corsOrigins') ?? [],
    eventThumbnails: text('eventThumbnails') ?? 'poster=timestamp=auto&width=640',
    eventPrefix: text('eventPrefix'),
    onSourceDeleted: choice('onSourceDeleted', ['keep', 'delete']),
    completionTarget: text('completionTarget'),
    reserve: choice('reserve', ['true', 'false']) === 'true',
    alarmTopicArn: text('alarmTopicArn')
  }
  if (settings.auth.includes('api-key') && settings.apiKeysSecret === undefined) {
    problems.push('auth=api-key requires apiKeysSecret')
  }
  if (settings.auth.includes('jwt') && settings.jwt === undefined) {
    problems.push('auth=jwt requires jwtIssuer, jwtAudience and jwtJwksUrl')
  }
  for (const name of ['completionTarget', 'alarmTopicArn', 'sourceKeyArn', 'outputKeyArn'] as const) {
    if (text(name)?.startsWith('arn:') === false) problems.push(`${name} is ${text(name)}; it must be an ARN`)
  }
  if (problems.length > 0) throw new SettingsError(`The options are invalid:\n  ${problems.join('\n  ')}`)
  return settings
}

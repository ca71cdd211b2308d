import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { MAX_RESTARTS } from '../restart-finder.ts'
import { type Answer, type AnswerHead, NUMBERS_A_PACKET, type Task } from './libav-messages.ts'

const MAX_INT = 2 ** 31 - 1
/** The sides of a picture: no decoder or filter writes a larger one. */
const MAX_SIDE = 65_535
const MAX_TRACKS = 10_000
const MAX_PICTURES = 100_000
const FLOAT_BYTES = 8

const strict = { additionalProperties: false }
const integer = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum })
const text = (maxLength: number) => Type.String({ maxLength })

const TrackSchema = Type.Object(
  {
    kind: text(20),
    codec: text(100),
    width: integer(0, MAX_INT),
    height: integer(0, MAX_INT),
    timeBase: Type.Object({ numerator: integer(0, MAX_INT), denominator: integer(0, MAX_INT) }, strict),
    span: Type.Optional(Type.Object({ start: Type.Number(), end: Type.Number() }, strict))
  },
  strict
)
const PictureSchema = Type.Object(
  {
    branch: integer(0, MAX_PICTURES),
    width: integer(1, MAX_SIDE),
    height: integer(1, MAX_SIDE),
    channels: integer(3, 4)
  },
  strict
)
const HeadSchema = Type.Union([
  Type.Object(
    { kind: Type.Literal('about'), version: text(200), missing: Type.Array(text(100), { maxItems: 1000 }) },
    strict
  ),
  Type.Object(
    {
      kind: Type.Literal('list'),
      tracks: Type.Array(TrackSchema, { maxItems: MAX_TRACKS }),
      chosen: integer(0, MAX_TRACKS),
      hasAlpha: Type.Boolean(),
      restarts: Type.Array(integer(1, Number.MAX_SAFE_INTEGER), { maxItems: MAX_RESTARTS + 1 })
    },
    strict
  ),
  Type.Object(
    {
      kind: Type.Literal('inspect'),
      rotation: Type.Enum([0, 90, 180, 270]),
      dolbyVision: Type.Optional(Type.Object({ profile: integer(0, 255), compatibility: integer(0, 255) }, strict))
    },
    strict
  ),
  Type.Object(
    { kind: Type.Literal('decode'), pictures: Type.Array(PictureSchema, { maxItems: MAX_PICTURES }) },
    strict
  ),
  Type.Object(
    {
      kind: Type.Literal('failure'),
      failure: Type.Enum(['no_video_track', 'unsupported_codec', 'video_limits_exceeded', 'failed', 'bug']),
      reason: text(65_536)
    },
    strict
  )
])
const validator = Compile(HeadSchema)

/**
 * Returns the message of a worker as the answer to `task`. The worker may be code of the video that has taken it over,
 * so nothing in the message is trusted: not its members, sizes and numbers, nor that it answers this task.
 *
 * @throws RangeError with the reason if the message is no answer to the task
 */
export function checkAnswer (task: Task, { head, body }: { readonly head: unknown, readonly body: Buffer }): Answer {
  if (!validator.Check(head)) throw new RangeError('it has other members or values than an answer')
  const answer = head as AnswerHead
  if (answer.kind !== 'failure' && answer.kind !== task.kind) {
    throw new RangeError(`it answers '${answer.kind}' instead of '${task.kind}'`)
  }
  if (answer.kind === 'list') assertPackets(answer, body)
  else if (answer.kind === 'decode' && task.kind === 'decode') assertPictures(answer, task, body)
  else if (body.length > 0) throw new RangeError(`it has ${body.length} bytes after its head`)
  if (answer.kind === 'about' && task.kind === 'about') assertAsked(answer.missing, task)
  return { head: answer, body }
}

type HeadOf<Kind extends AnswerHead['kind']> = Extract<AnswerHead, { kind: Kind }>
type TaskOf<Kind extends Task['kind']> = Extract<Task, { kind: Kind }>

function assertAsked (missing: readonly string[], { filters, decoders }: TaskOf<'about'>): void {
  if (!missing.every((name) => filters.includes(name) || decoders.includes(name))) {
    throw new RangeError('it names filters or decoders that it was not asked for')
  }
}

function assertPackets ({ tracks, chosen, restarts }: HeadOf<'list'>, body: Buffer): void {
  if (chosen >= tracks.length) throw new RangeError(`it chooses track ${chosen} of ${tracks.length}`)
  if (restarts.some((offset, place) => offset <= (restarts[place - 1] ?? 0))) {
    throw new RangeError('its recordings are not in the order of the file')
  }
  const bytesAPacket = NUMBERS_A_PACKET * FLOAT_BYTES
  if (body.length % bytesAPacket !== 0) throw new RangeError(`its list of packets has ${body.length} bytes`)
  for (let at = 0; at < body.length; at += bytesAPacket) {
    const pts = body.readDoubleLE(at)
    const duration = body.readDoubleLE(at + FLOAT_BYTES)
    const flags = body.readDoubleLE(at + 2 * FLOAT_BYTES)
    const position = body.readDoubleLE(at + 3 * FLOAT_BYTES)
    // A packet may lack a time, which is NaN.
    const isTime = Number.isNaN(pts) || isWhole(pts)
    if (!isTime || !isWhole(duration) || duration < 0 || !isWhole(flags) || !Number.isSafeInteger(position)) {
      throw new RangeError(`packet ${at / bytesAPacket} has the numbers ${pts}, ${duration}, ${flags} and ${position}`)
    }
  }
}

function assertPictures ({ pictures }: HeadOf<'decode'>, { branches }: TaskOf<'decode'>, body: Buffer): void {
  const counts = branches.map(() => 0)
  let bytes = 0
  for (const { branch, width, height, channels } of pictures) {
    const count = (counts[branch] ?? Infinity) + 1
    if (count > (branches[branch]?.pts.length ?? 0)) throw new RangeError(`it has too many pictures of branch ${branch}`)
    counts[branch] = count
    bytes += width * height * channels
  }
  if (bytes !== body.length) throw new RangeError(`its pictures take ${bytes} bytes, and it has ${body.length}`)
}

/** Returns whether a number is whole and fits into the 64 bits that libav has for times. */
function isWhole (value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 2 ** 63
}

import { type CodeOf, WIDTH, expectedSize, judgeFlag, judgeFrame, judgePicture, judgeSource } from './judge.ts'
import type { Answer, ConformingService } from './service.ts'
import { compare } from './similarity.ts'
import { type Target, frameAt, placeTarget, planTargets } from './targets.ts'
import { readPixels, type Truth } from './truth.ts'

/** A video with its truth, as both ways are asked for it. */
export interface Video {
  readonly key: string
  readonly path: string
  readonly uploadName: string
  readonly truth: Truth
  readonly rotation: number
  readonly codeOf: CodeOf
  /** Codes that are right too, at any moment: the file is damaged. */
  readonly rightCodes: readonly string[]
}

/** What one way made of a video. */
export interface Outcome {
  readonly asked: number
  /** A fault per answer that was wrong, with the target's name in front. */
  readonly misses: readonly string[]
  /** How many answers were errors that are right for this file. */
  readonly rightErrors: number
  /** The ways that `work` named. */
  readonly modes: readonly string[]
  /** What JPEG at quality 80 lost: structural similarity to the PNG answer; undefined where there was none. */
  readonly jpegSsim: number | undefined
}

const PNG = { format: 'png', width: String(WIDTH) }

/**
 * Asks one way for every target of a video and judges the answers.
 *
 * @param wanted which targets; `middle` has to be among them
 */
export async function sweepVideo (
  service: ConformingService,
  video: Video,
  wanted: (target: Target) => boolean = () => true
): Promise<Outcome> {
  const { truth } = video
  const isSound = video.rightCodes.length === 0
  const targets = planTargets(truth, video.key, isSound).filter(wanted)
  // All true pictures in one decode.
  await truth.pictures(
    targets.flatMap(({ frame }) => frame ?? []),
    (frame) => expectedSize(truth, frame)
  )
  const misses: string[] = []
  const modes = new Set<string>()
  let [asked, rightErrors] = [0, 0]
  const judge = async (asIs: Target, answer: Answer): Promise<Buffer | undefined> => {
    const target = placeTarget(asIs, truth, (answer.body['source'] as { duration: unknown } | undefined)?.duration)
    asked++
    if (answer.status < 300) modes.add(String((answer.body['work'] as { mode: string }).mode))
    if (answer.status >= 300 && video.rightCodes.includes(String(answer.body['code']))) {
      rightErrors++
      return undefined
    }
    const wrongFrame = judgeFrame(answer, target, truth)
    if (wrongFrame !== undefined) {
      misses.push(`${target.name}: ${wrongFrame}`)
      return undefined
    }
    if (target.frame === undefined) return undefined
    const picture = await service.fetchPicture(answer)
    const faults = [
      judgeFlag(answer, target.frame),
      await judgePicture(picture, target.frame, truth, video.codeOf)
    ].filter((fault) => fault !== undefined)
    if (faults.length > 0) misses.push(`${target.name}: ${faults.join(', ')}`)
    return picture
  }
  const ask = async (target: Target) => {
    const answer = await service.askKey(video.key, { ...PNG, ...target.query })
    return { answer, picture: await judge(target, answer) }
  }

  let jpegSsim: number | undefined
  let isSourceJudged = false
  for (const target of targets) {
    const { answer, picture } = await ask(target)
    if (answer.status >= 300) continue
    if (!isSourceJudged) {
      misses.push(...judgeSource(answer, truth, { rotation: video.rotation, isSound }))
      isSourceJudged = true
    }
    if (target.name === 'middle') {
      const micros = Math.round(Number(answer.body['timestamp']) * 1e6)
      await ask({
        name: `echo of ${target.name}`,
        query: { timestamp: String(answer.body['timestamp']) },
        frame: frameAt(truth, micros)
      })
    }
    if (target.name === 'middle' && picture !== undefined) {
      const jpeg = await service.fetchPicture(
        await service.askKey(video.key, { ...target.query, width: String(WIDTH), format: 'jpeg', quality: '80' })
      )
      jpegSsim = compare(await readPixels(jpeg), await readPixels(picture)).ssim
    }
  }
  const middle = targets.find(({ name }) => name === 'middle')!
  await judge(
    { ...middle, name: 'upload, middle' },
    await service.askUpload(video.path, video.uploadName, { ...PNG, ...middle.query })
  )
  modes.delete('cached')
  return { asked, misses, rightErrors, modes: [...modes].sort(), jpegSsim }
}

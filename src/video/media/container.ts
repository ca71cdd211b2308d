import { CONTAINER_FORMATS, type ContainerFormat, type ContainerName } from '../../options/containers.ts'

/** A container format that Posterframe reads, and the one ffmpeg demuxer that may open it. */
export interface Container
  extends Pick<ContainerFormat, 'demuxer' | 'isElementary' | 'isSequential' | 'mayBeStill'> {
  readonly name: ContainerName
  /** True if the timeline starts at 0 rather than at the first frame: in ISO BMFF it is that of the movie. */
  readonly startsAtZero: boolean
}

/** The containers that Posterframe reads, by name. */
export const CONTAINERS = Object.fromEntries(
  Object.entries<ContainerFormat>(CONTAINER_FORMATS).map(
    ([name, { demuxer, startsAtZero = false, isElementary = false, isSequential = false, mayBeStill = false }]) => [
      name,
      { name, demuxer, startsAtZero, isElementary, isSequential, mayBeStill }
    ]
  )
) as { readonly [Name in ContainerName]: Container }

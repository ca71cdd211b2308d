import { constants } from 'node:fs'
import { copyFile, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** A job's files, where a worker that sees nothing but its own directory can read them. */
export interface ShownFiles {
  /** Holds what the request's directory holds. */
  readonly directory: string
  /** The video. */
  readonly path: string | undefined
  /** Takes them away again; what they are links to stays. */
  hide(): Promise<void>
}

/**
 * Shows a worker the files of a request's directory and the video, under new names in the worker's own directory: as
 * hard links, or as copies where the file system cannot link them.
 *
 * @param home the worker's directory
 * @param directory the request's, which holds plain files only
 * @param video absolute; inside `directory` or not
 */
export async function showFiles (home: string, directory: string, video: string | undefined): Promise<ShownFiles> {
  const shown = await mkdtemp(join(home, 'job-'))
  const hide = () => rm(shown, { recursive: true, force: true })
  try {
    const names = await readdir(directory)
    await Promise.all(names.map((name) => show(join(directory, name), join(shown, name))))
    if (video === undefined) return { directory: shown, path: undefined, hide }
    const inside = join(shown, basename(video))
    if (join(directory, basename(video)) === video) return { directory: shown, path: inside, hide }
    const apart = join(shown, 'video')
    await mkdir(apart)
    await show(video, join(apart, 'source'))
    return { directory: shown, path: join(apart, 'source'), hide }
  } catch (error) {
    await hide()
    throw error
  }
}

async function show (from: string, to: string): Promise<void> {
  // Another file system, or one of somebody else's files.
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE))
}

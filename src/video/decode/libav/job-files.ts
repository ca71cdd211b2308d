import { constants } from 'node:fs'
import { copyFile, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** A job's files, in a place that a worker without access to other directories can read. */
export interface ShownFiles {
  /** The worker's copy of the request's directory. */
  readonly directory: string
  /** The video. */
  readonly path: string | undefined
  /** Removes the links; their targets stay. */
  hide(): Promise<void>
}

/**
 * Shows a worker the files of a request's directory and the video, under new names in the worker's own directory: as
 * hard links, or as copies if the file system cannot link them.
 *
 * @param home the worker's directory
 * @param directory the request's; only its plain files are shown
 * @param video absolute; inside `directory` or not
 */
export async function showFiles (home: string, directory: string, video: string | undefined): Promise<ShownFiles> {
  const shown = await mkdtemp(join(home, 'job-'))
  const hide = () => rm(shown, { recursive: true, force: true })
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
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
  // Another file system, or a file of another user.
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE))
}

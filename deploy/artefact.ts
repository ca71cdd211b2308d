import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Platform } from 'aws-cdk-lib/aws-ecr-assets'
import {
  Architecture,
  Code,
  DockerImageCode,
  DockerImageFunction,
  Function,
  LayerVersion,
  Runtime,
  type FunctionOptions
} from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { RoleName } from './policy.ts'
import { SettingsError } from './settings-error.ts'
import type { Settings } from './settings.ts'

/** Creates a function that runs one handler of the artefact. */
export type CreateFunction = (id: string, entry: RoleName, options: FunctionOptions) => Function

const root = join(import.meta.dirname, '..')

/**
 * Prepares one artefact for all functions, which differ by their handler: an image of docker/lambda.Dockerfile, or
 * `dist/` and a layer with ffmpeg.
 */
export function prepareArtefact (scope: Construct, settings: Settings): CreateFunction {
  return settings.package === 'image' ? prepareImage(scope, settings) : prepareZip(scope, settings)
}

function prepareImage (scope: Construct, { architecture }: Settings): CreateFunction {
  const [lambdaArchitecture, platform] =
    architecture === 'arm64' ? [Architecture.ARM_64, Platform.LINUX_ARM64] : [Architecture.X86_64, Platform.LINUX_AMD64]
  return (id, entry, options) =>
    new DockerImageFunction(scope, id, {
      ...options,
      architecture: lambdaArchitecture,
      code: DockerImageCode.fromImageAsset(root, {
        file: 'docker/lambda.Dockerfile',
        // libav, the default decoder. Published images lack it (docs/licences.md); this one stays in the account.
        buildArgs: { BUILD_FLAGS: '--with-libav' },
        cmd: [`lambda.${entry}`],
        platform
      })
    })
}

function prepareZip (scope: Construct, settings: Settings): CreateFunction {
  const architecture = settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64
  const code = Code.fromAsset(findDist(settings), { exclude: ['*.map'] })
  const layer = gatherFfmpeg(settings)
  const ffmpeg = new LayerVersion(scope, 'Ffmpeg', {
    description: 'ffmpeg, as /opt/bin/ffmpeg',
    code: Code.fromAsset(layer),
    compatibleArchitectures: [architecture]
  })
  // The CDK has copied it.
  rmSync(layer, { recursive: true })
  return (id, entry, options) =>
    new Function(scope, id, {
      ...options,
      environment: { NODE_ENV: 'production', ...options.environment },
      architecture,
      runtime: Runtime.NODEJS_24_X,
      handler: `lambda.${entry}`,
      code,
      layers: [ffmpeg]
    })
}

/**
 * Returns the path of `dist/`, whose libraries are for the platform that built it.
 * @throws SettingsError if it is missing or for another platform
 */
function findDist ({ dist = join(root, 'dist'), architecture }: Settings): string {
  const sharp = `@img/sharp-linux-${architecture === 'arm64' ? 'arm64' : 'x64'}`
  for (const path of ['lambda.mjs', join('node_modules', sharp)]) {
    if (!existsSync(join(dist, path))) {
      throw new SettingsError(
        `${join(dist, path)} is missing. Run \`npm run build\` on Linux ${architecture}, or deploy with package=image.`
      )
    }
  }
  return dist
}

/**
 * Creates the directory that becomes /opt.
 * @throws SettingsError if there is no ffmpeg
 */
function gatherFfmpeg ({ ffmpeg = join(root, 'node_modules/ffmpeg-static/ffmpeg') }: Settings): string {
  if (!existsSync(ffmpeg)) {
    throw new SettingsError(
      `${ffmpeg} is missing. Set ffmpeg=PATH to a static ffmpeg for Linux, or deploy with package=image.`
    )
  }
  const layer = mkdtempSync(join(tmpdir(), 'posterframe-layer-'))
  mkdirSync(join(layer, 'bin'))
  cpSync(ffmpeg, join(layer, 'bin/ffmpeg'), { dereference: true })
  return layer
}

import { runApp } from './create-app.ts'
import { describeAssembly } from './describe-assembly.ts'

// Entry of the CDK CLI for `npm run synth`, which prints a summary instead of the template.
const assembly = runApp()
if (assembly !== undefined) process.stdout.write(`${describeAssembly(assembly)}\n`)

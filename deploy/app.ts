import { createApp } from './create-app.ts'

// What the CDK's program runs; it says by variables what the context is and where the result goes.
createApp().synth()

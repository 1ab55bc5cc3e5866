// Starts the fake with the few answers our tests need and prints its address. The module's path is the only argument.
const { LLMock } = await import(process.argv[2])

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGM8EaXBgA0wYRUdtBIABvMBWmhZsysAAAAASUVORK5CYII='
const mock = new LLMock({ port: 0, logLevel: 'silent' })
mock.onImage(/two lighthouses/, { images: [{ b64Json: PNG }, { b64Json: PNG, revisedPrompt: 'two tall lighthouses' }] })
mock.onImage(/lighthouse/, { image: { b64Json: PNG, revisedPrompt: 'a lighthouse at dusk' } })
mock.onImage(/forbidden/, {
  error: {
    message: 'Your request was rejected by the safety system. safety_violations=[violence].',
    type: 'image_generation_user_error',
    code: 'moderation_blocked',
  },
  status: 400,
})
const clean = ['sexual', 'hate', 'harassment', 'self-harm', 'sexual/minors', 'hate/threatening', 'violence/graphic',
  'self-harm/intent', 'self-harm/instructions', 'harassment/threatening', 'violence', 'illicit', 'illicit/violent']
const scores = Object.fromEntries(clean.map((name) => [name, 0.001]))
mock.onModerate(/cruel/, {
  flagged: true,
  categories: { ...Object.fromEntries(clean.map((name) => [name, false])), 'violence/graphic': true },
  category_scores: { ...scores, 'violence/graphic': 0.93 },
})
await mock.start()
console.log(JSON.stringify({ url: mock.url }))
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))

"""Reports: a diagnosis as text, table, JSON, YAML, Markdown, HTML or annotations.

Entry points: `render.render`, `render.formats`, `options.RenderOptions`.
"""

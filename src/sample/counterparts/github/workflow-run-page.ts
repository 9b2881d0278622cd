import type { FastifyInstance } from 'fastify';
import type { GitHubDesk } from './github-desk.ts';
import type { WorkflowJobRun, WorkflowRun } from './workflow-run.ts';

/** The page behind a run's `html_url`, and its logs as text: what a person sees who follows the link. */
export function workflowRunPages(app: FastifyInstance, desk: GitHubDesk): void {
  const find = (params: Readonly<Record<string, string>>): WorkflowRun | undefined =>
    desk.runs.find(
      (run) => run.owner === params['owner'] && run.repository === params['repo'] && String(run.id) === params['run'],
    );

  app.get<{ Params: Record<string, string> }>('/:owner/:repo/actions/runs/:run', async (request, reply) => {
    const run = find(request.params);
    reply.type('text/html; charset=utf-8');
    return run ? page(run) : reply.code(404).send('<!doctype html><title>Not found</title><p>No such run.');
  });
  app.get<{ Params: Record<string, string> }>('/:owner/:repo/actions/runs/:run/jobs/:log', async (request, reply) => {
    const job = find(request.params)?.jobs.find(({ id }) => `${id}.txt` === request.params['log']);
    reply.type('text/plain; charset=utf-8');
    return job ? `${job.log.join('\n')}\n` : reply.code(404).send('No such log\n');
  });
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1rem; margin-top: 2rem; }
ol { padding-left: 1.5rem; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 6px; font-size: .85rem; }
.muted { opacity: .7; }`;

function page(run: WorkflowRun): string {
  const refresh = run.status === 'completed' ? '' : '<meta http-equiv="refresh" content="1">';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}
<title>${escaped(run.title)} #${run.number}</title><style>${style}</style></head>
<body><p class="muted">${escaped(`${run.owner}/${run.repository}`)} · ${escaped(run.workflow.file)} on ${escaped(run.ref)}</p>
<h1>${escaped(run.title)} #${run.number}: ${run.conclusion ?? run.status.replace('_', ' ')}</h1>
<p class="muted">Carried out by the local stand-in for GitHub Actions that comes with Quayside.</p>
${run.jobs.map(jobPart).join('\n')}
</body></html>`;
}

function jobPart(job: WorkflowJobRun): string {
  const steps = job.steps.map(
    (step) => `<li>${escaped(step.name)}: ${step.conclusion ?? step.status.replace('_', ' ')}</li>`,
  );
  return `<h2 id="job-${job.id}">${escaped(job.name)}</h2><ol>${steps.join('')}</ol><pre>${escaped(job.log.join('\n'))}</pre>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

import { useTranslation } from 'react-i18next';
import { isPlain } from '../actions/editor/paths.ts';
import { Chip } from '../ui/chip.tsx';
import { CodeView } from '../ui/code-view.tsx';
import classes from './api-view.module.css';

type Plain = Readonly<Record<string, unknown>>;

/** One thing that can be asked of an interface, or heard from it. */
interface Operation {
  /** Tells operations of one channel apart. */
  readonly name: string;
  readonly verb: string;
  readonly path: string;
  readonly summary: string;
  readonly definition: Plain;
}

const verbs = new Set('get post put patch delete head options publish subscribe send receive'.split(' '));
const colours: Readonly<Record<string, string>> = {
  get: 'blue',
  post: 'green',
  put: 'orange',
  patch: 'yellow',
  delete: 'red',
};

const plain = (value: unknown): Plain => (isPlain(value) ? value : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const words = (own: Plain): string => text(own['summary']) || text(own['title']) || text(own['operationId']);

/** What AsyncAPI has had beside its channels since its third version; each names its channel by reference. */
function actionsOf(document: Plain): readonly Operation[] {
  const channels = plain(document['channels']);
  return Object.entries(plain(document['operations'])).flatMap(([name, definition]) => {
    const own = plain(definition);
    const verb = text(own['action']);
    if (!verbs.has(verb)) return [];
    const channel = text(plain(own['channel'])['$ref']).replace('#/channels/', '');
    const path = text(plain(channels[channel])['address']) || channel || name;
    return [{ name, verb, path, summary: words(own) || name, definition: own }];
  });
}

/** Operations of an OpenAPI or AsyncAPI document, in its order. */
function operationsOf(document: Plain): readonly Operation[] {
  const places = { ...plain(document['paths']), ...plain(document['channels']) };
  const listed = Object.entries(places).flatMap(([path, item]) =>
    Object.entries(plain(item))
      .filter(([verb, definition]) => verbs.has(verb) && isPlain(definition))
      .map(([verb, definition]): Operation => {
        const own = plain(definition);
        return { name: '', verb, path, summary: words(own), definition: own };
      }),
  );
  return [...listed, ...actionsOf(document)];
}

interface ApiViewProps {
  readonly value: object;
  readonly label: string;
  /** As it is kept, where that is text. */
  readonly source?: object | string;
}

/** A description of an interface as people read it: what it is, what can be asked of it. */
export function ApiView({ value, label, source = value }: ApiViewProps) {
  const { t } = useTranslation('entity');
  const document = plain(value);
  const info = plain(document['info']);
  const operations = operationsOf(document);
  return (
    <div className={classes['api']}>
      <p className={classes['head']}>
        <strong>{text(info['title']) || label}</strong>
        {text(info['version']) !== '' && <small>{t('api.version', { version: text(info['version']) })}</small>}
        <small>{t('api.operations', { count: operations.length })}</small>
      </p>
      {text(info['description']) !== '' && <p className={classes['words']}>{text(info['description'])}</p>}
      <ul>
        {operations.map((operation) => (
          <li key={`${operation.verb} ${operation.path} ${operation.name}`}>
            <details>
              <summary>
                <Chip color={colours[operation.verb]}>{operation.verb.toUpperCase()}</Chip>
                <code>{operation.path}</code>
                <span>{operation.summary}</span>
              </summary>
              <OperationDetails operation={operation} />
            </details>
          </li>
        ))}
      </ul>
      <details>
        <summary>{t('api.source')}</summary>
        <CodeView value={source} label={label} />
      </details>
    </div>
  );
}

function OperationDetails({ operation: { definition } }: { readonly operation: Operation }) {
  const { t } = useTranslation('entity');
  const given = definition['parameters'];
  const parameters = (Array.isArray(given) ? given : []).map(plain).filter((one) => text(one['name']) !== '');
  const responses = Object.entries(plain(definition['responses']));
  return (
    <div className={classes['details']}>
      {text(definition['description']) !== '' && <p>{text(definition['description'])}</p>}
      {parameters.length > 0 && (
        <>
          <h4>{t('api.parameters')}</h4>
          <ul>
            {parameters.map((one) => (
              <li key={`${text(one['in'])} ${text(one['name'])}`}>
                <code>{text(one['name'])}</code>
                <small>
                  {[text(one['in']), text(plain(one['schema'])['type'])].filter(Boolean).join(', ')}
                  {one['required'] === true && `, ${t('api.required')}`}
                </small>
                {text(one['description']) !== '' && <span>{text(one['description'])}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {responses.length > 0 && (
        <>
          <h4>{t('api.responses')}</h4>
          <ul>
            {responses.map(([status, response]) => (
              <li key={status}>
                <code>{status}</code>
                <span>{text(plain(response)['description'])}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

import { useTranslation } from 'react-i18next';
import { isPlain } from '../actions/editor/paths.ts';
import { Chip } from '../ui/chip.tsx';
import { CodeView } from '../ui/code-view.tsx';
import classes from './api-view.module.css';
import { resolveRef } from './resolve-refs.ts';

type Plain = Readonly<Record<string, unknown>>;

/** One thing that can be asked of an interface, or heard from it. */
interface Operation {
  /** Tells operations of one channel apart. */
  readonly name: string;
  readonly verb: string;
  readonly path: string;
  readonly summary: string;
  readonly definition: Plain;
  /** Parameters of all operations of its path. */
  readonly shared: readonly unknown[];
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

/** What is there, over references within the document; nothing where it is kept elsewhere. */
function found(document: Plain, value: unknown): Plain {
  const resolved = resolveRef(document, value);
  return resolved.kind === 'here' ? plain(resolved.value) : {};
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** What AsyncAPI has had beside its channels since its third version; each names its channel by reference. */
function actionsOf(document: Plain): readonly Operation[] {
  return Object.entries(plain(document['operations'])).flatMap(([name, definition]) => {
    const own = found(document, definition);
    const verb = text(own['action']);
    if (!verbs.has(verb)) return [];
    const channel = resolveRef(document, own['channel']);
    const path =
      channel.kind === 'here' ? text(plain(channel.value)['address']) || channel.name || name : channel.ref || name;
    return [{ name, verb, path, summary: words(own) || name, definition: own, shared: [] }];
  });
}

/** Operations of an OpenAPI or AsyncAPI document, in its order. */
function operationsOf(document: Plain): readonly Operation[] {
  const places = { ...plain(document['paths']), ...plain(document['channels']) };
  const listed = Object.entries(places).flatMap(([path, item]) => {
    const place = found(document, item);
    return Object.entries(place)
      .filter(([verb, definition]) => verbs.has(verb) && isPlain(definition))
      .map(([verb, definition]): Operation => {
        const own = found(document, definition);
        return { name: '', verb, path, summary: words(own), definition: own, shared: listOf(place['parameters']) };
      });
  });
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
              <OperationDetails operation={operation} document={document} />
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

interface OperationProps {
  readonly operation: Operation;
  readonly document: Plain;
}

function OperationDetails({ operation: { definition, shared }, document }: OperationProps) {
  const { t } = useTranslation('entity');
  const parameters = [...shared, ...listOf(definition['parameters'])];
  const responses = Object.entries(plain(definition['responses']));
  return (
    <div className={classes['details']}>
      {text(definition['description']) !== '' && <p>{text(definition['description'])}</p>}
      {parameters.length > 0 && (
        <>
          <h4>{t('api.parameters')}</h4>
          <ul>
            {parameters.map((one, index) => (
              <li key={index}>
                <Parameter value={one} document={document} />
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
                <Response value={response} document={document} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

interface PartProps {
  readonly value: unknown;
  readonly document: Plain;
}

function Parameter({ value, document }: PartProps) {
  const { t } = useTranslation('entity');
  const resolved = resolveRef(document, value);
  if (resolved.kind !== 'here') return <Elsewhere resolved={resolved} />;
  const one = plain(resolved.value);
  return (
    <>
      <code>{text(one['name'])}</code>
      <small>
        {[text(one['in']), typeOf(document, one['schema'])].filter(Boolean).join(', ')}
        {one['required'] === true && `, ${t('api.required')}`}
      </small>
      {text(one['description']) !== '' && <span>{text(one['description'])}</span>}
    </>
  );
}

function Response({ value, document }: PartProps) {
  const resolved = resolveRef(document, value);
  if (resolved.kind !== 'here') return <Elsewhere resolved={resolved} />;
  const one = plain(resolved.value);
  const [content] = Object.values(plain(one['content']));
  const schema = plain(content)['schema'] ?? one['schema'];
  const type = schema === undefined ? '' : typeOf(document, schema);
  return (
    <>
      <span>{text(one['description'])}</span>
      {type !== '' && <small>{type}</small>}
    </>
  );
}

/** A schema by its name where it has one, by its type where not. */
function typeOf(document: Plain, schema: unknown): string {
  const resolved = resolveRef(document, schema);
  if (resolved.kind !== 'here') return resolved.ref;
  const { type } = plain(resolved.value);
  const types = Array.isArray(type) ? type.join(' | ') : text(type);
  return [resolved.name, types].filter(Boolean).join(': ');
}

/** What a reference names and is not here. */
function Elsewhere({ resolved }: { readonly resolved: Exclude<ReturnType<typeof resolveRef>, { kind: 'here' }> }) {
  const { t } = useTranslation('entity');
  return (
    <>
      <code>{resolved.ref}</code>
      <small>{t(resolved.kind === 'elsewhere' ? 'api.notFetched' : 'api.lost')}</small>
    </>
  );
}

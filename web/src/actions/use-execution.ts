import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldErrors } from '../api/problem.ts';
import type { Action, Json, UserInputs } from '../api/wire.ts';
import { followRun } from '../runs/run-toast.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { invoke, liveFormQuery, needsEntity } from './api.ts';
import { useDraft } from './draft.ts';
import { inputSteps } from './form-layout.ts';
import { formErrors, toProperties, type Values } from './form-rules.ts';
import { effectiveInputs, isLive, isSecret, openValues, secretMask, shownValues, withoutSecrets } from './live-form.ts';
import { sealSecret } from './seal-secret.ts';

export interface ExecutionStart {
  readonly action: Action;
  readonly entity?: string | undefined;
  /** Inputs to start from, as when a run is repeated or a link is followed. */
  readonly values?: Values | undefined;
  readonly onClose: () => void;
}

const TYPING_MS = 200;

/** The state of the dialog: what was entered, the form as it stands for that, errors at their field, one run per press. */
export function useExecution({ action, entity, values, onClose }: ExecutionStart) {
  const { t } = useTranslation('actions');
  const own = action.trigger.userInputs;
  const keepable = useCallback((all: Values) => withoutSecrets(own, all), [own]);
  const start = { values: startValues(own, values), entity: entity ?? null };
  const [draft, setDraft, discard] = useDraft(action.identifier, start, keepable);
  const live = useLiveForm(action, draft);
  const inputs = effectiveInputs(own, live.data);
  const steps = inputSteps(inputs);
  const [chosenStep, setStep] = useState(0);
  const step = Math.min(chosenStep, steps.length - 1);
  const [shown, setShown] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const shownOnes = shownValues(inputs, draft.values);
  const attempt = useAttempt({ action, onDone: () => (discard(), onClose()) });

  const wrong = formErrors(inputs, shownOnes);
  const theirs = fieldErrors(attempt.error);
  const errors: Record<string, string> = { ...unworkable(live.data, t), ...theirs };
  if (shown)
    for (const [name, error] of Object.entries(wrong))
      errors[name] = t(`form.errors.${error.key}`, { limit: error.limit });
  const unplaced =
    attempt.error !== null &&
    !Object.keys(theirs).some(
      (name) => inputs.properties?.[name]?.visible !== false && inputs.properties?.[name] !== undefined,
    );
  const stepOf = (name: string): number => steps.findIndex((one) => one.inputs.some(([key]) => key === name));

  const submit = (): void => {
    const noEntity = needsEntity(action) && draft.entity === null;
    const until = step < steps.length - 1 ? [step] : steps.map((_, at) => at);
    const blocked = Object.keys(wrong)
      .map(stepOf)
      .filter((at) => until.includes(at));
    setShown(noEntity || blocked.length > 0);
    if (noEntity || blocked.length > 0) setRefusals(refusals + 1);
    if (attempt.isPending) return;
    if (noEntity) setStep(0);
    else if (blocked.length > 0) setStep(Math.min(...blocked));
    else if (step < steps.length - 1) setStep(step + 1);
    else
      attempt.mutate({
        inputs,
        touched: draft.values,
        shown: shownOnes,
        entity: needsEntity(action) ? draft.entity : null,
      });
  };
  const words = useErrorWords();
  return {
    inputs,
    steps,
    step,
    setStep,
    shown,
    refusals,
    errors,
    submit,
    values: shownOnes,
    entity: draft.entity,
    pending: attempt.isPending,
    updating: live.isFetching,
    formProblems: live.data?.problems ?? [],
    problem: unplaced ? words(attempt.error) : live.isError ? words(live.error) : undefined,
    setValue: (name: string, value: unknown) =>
      setDraft({ ...draft, values: { ...draft.values, [name]: value ?? null } }),
    setValues: (next: Values) => setDraft({ ...draft, values: { ...secretsOf(own, draft.values), ...next } }),
    setEntity: (next: string | null) => setDraft({ ...draft, entity: next }),
  };
}

/** A mask is no secret: whoever repeats a run enters them again. */
function startValues(inputs: UserInputs | undefined, values: Values | undefined): Values {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter(
      ([key, value]) => inputs?.properties?.[key] !== undefined && value !== secretMask,
    ),
  );
}

function secretsOf(inputs: UserInputs | undefined, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => isSecret(inputs?.properties?.[key])));
}

/** Asked again after every pause in typing; an answer to older inputs is dropped with its request. */
function useLiveForm(action: Action, draft: { readonly values: Values; readonly entity: string | null }) {
  const inputs = action.trigger.userInputs;
  const [asked] = useDebouncedValue(JSON.stringify([openValues(inputs, draft.values), draft.entity]), TYPING_MS);
  const [values, entity] = JSON.parse(asked) as [Values, string | null];
  return useQuery({ ...liveFormQuery(action.identifier, entity, values), enabled: isLive(inputs) });
}

interface Sent {
  readonly inputs: UserInputs;
  readonly touched: Values;
  readonly shown: Values;
  readonly entity: string | null;
}

function useAttempt({ action, onDone }: { readonly action: Action; readonly onDone: () => void }) {
  const client = useQueryClient();
  const [key, setKey] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: async (sent: Sent) =>
      invoke({
        action: action.identifier,
        properties: await sentProperties(sent),
        idempotencyKey: key,
        ...(sent.entity === null ? {} : { entity: sent.entity }),
      }),
    onSuccess: (run) => {
      onDone();
      followRun(run);
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
    // Changed inputs are a new request; the same key with another body would be refused.
    onError: () => setKey(crypto.randomUUID()),
  });
}

/** What is visible, secrets encrypted where that is done here; null for a default that somebody cleared. */
async function sentProperties({ inputs, touched, shown }: Sent): Promise<Readonly<Record<string, Json>>> {
  const visible = Object.fromEntries(
    Object.entries(inputs.properties ?? {}).filter(([, input]) => input.visible !== false),
  );
  const given = toProperties({ properties: visible }, shown);
  const cleared = Object.keys(visible).filter(
    (key) => !Object.hasOwn(given, key) && Object.hasOwn(touched, key) && visible[key]?.default !== undefined,
  );
  const sealed = await Promise.all(
    Object.entries(given).map(async ([key, value]) => [key, (await sealSecret(visible[key], value)) as Json] as const),
  );
  return { ...Object.fromEntries(cleared.map((key) => [key, null])), ...Object.fromEntries(sealed) };
}

type Words = (key: string, values: Record<string, unknown>) => string;

/** What jq could not work out stands at its field. */
function unworkable(
  form:
    | { readonly inputs: Readonly<Record<string, { readonly problems: readonly { path: string; message: string }[] }>> }
    | undefined,
  t: Words,
): Record<string, string> {
  const found = Object.entries(form?.inputs ?? {}).flatMap(
    ([
      name,
      {
        problems: [first],
      },
    ]) =>
      first === undefined ? [] : [[name, t('form.unworkable', { key: first.path, message: first.message })] as const],
  );
  return Object.fromEntries(found);
}

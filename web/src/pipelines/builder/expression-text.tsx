import { Combobox, Textarea, useCombobox } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { helpBelow } from '../../ui/field-layout.ts';
import classes from './builder.module.css';
import { type ExpressionWord, expressionWords, fittingWords, wordStart } from './expression-words.ts';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

/** Where an expression stands, which says what it may speak of. */
export interface ExpressionScope {
  readonly builder: PipelineBuilder;
  readonly refId: string;
}

export interface ExpressionTextProps {
  /** A text with expressions between braces, or one expression without. */
  readonly kind: 'program' | 'template';
  readonly label: string;
  /** Where there is no room for it, the label is only told. */
  readonly hideLabel?: boolean;
  readonly placeholder?: string;
  readonly description?: string | undefined;
  readonly withAsterisk?: boolean;
  readonly rows?: number;
  readonly scope: ExpressionScope;
  readonly error?: ReactNode;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

const SHOWN = 8;

/** A text that says, while it is typed, what there is to speak of. */
export function ExpressionText({ scope, value, onChange, ...field }: ExpressionTextProps) {
  const { t } = useTranslation('pipelines');
  const { kind, label, hideLabel = false, placeholder, description, withAsterisk = false, rows = 1, error } = field;
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const input = useRef<HTMLTextAreaElement>(null);
  const [words, setWords] = useState<readonly ExpressionWord[]>([]);
  const offer = (element: HTMLTextAreaElement): void => {
    const before = element.value.slice(0, element.selectionStart);
    const start = wordStart(kind, before);
    const typed = start === undefined ? '' : before.slice(start);
    const fitting =
      start === undefined ? [] : fittingWords(expressionWords(scope.builder.document, scope.refId), typed);
    setWords(fitting.slice(0, SHOWN));
    if (fitting.length === 0) combobox.closeDropdown();
    else combobox.openDropdown();
  };
  const insert = (word: string): void => {
    const element = input.current;
    if (element === null) return;
    const at = element.selectionStart;
    const start = wordStart(kind, value.slice(0, at)) ?? at;
    onChange(value.slice(0, start) + word + value.slice(at));
    combobox.closeDropdown();
    const end = start + word.length;
    // After the text is written, the cursor stands behind the word.
    requestAnimationFrame(() => element.setSelectionRange(end, end));
  };
  return (
    <Combobox store={combobox} onOptionSubmit={insert} position="bottom-start" width={320}>
      <Combobox.Target withKeyboardNavigation={words.length > 0 && combobox.dropdownOpened}>
        <Textarea
          ref={input}
          {...(hideLabel ? { 'aria-label': label } : { label })}
          placeholder={placeholder}
          description={description}
          inputWrapperOrder={helpBelow}
          withAsterisk={withAsterisk}
          error={error}
          autosize
          minRows={rows}
          maxRows={12}
          spellCheck={kind === 'template'}
          styles={kind === 'program' ? monospaced : {}}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value);
            offer(event.currentTarget);
          }}
          onClick={(event) => offer(event.currentTarget)}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={(event) => closeOnEscape(event, combobox)}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={words.length === 0}>
        <Combobox.Options aria-label={t('expression.words')}>
          {words.map((word) => (
            <Combobox.Option key={word.text} value={word.text} className={classes['word'] ?? ''}>
              <code>{word.text}</code>
              <small>{t(`expression.word.${word.kind}`)}</small>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const monospaced = { input: { fontFamily: 'var(--q-mono)', fontSize: 13, fontVariantLigatures: 'none' } } as const;

function closeOnEscape(
  event: KeyboardEvent,
  combobox: { readonly dropdownOpened: boolean; readonly closeDropdown: () => void },
): void {
  if (event.key !== 'Escape' || !combobox.dropdownOpened) return;
  event.preventDefault();
  event.stopPropagation();
  combobox.closeDropdown();
}

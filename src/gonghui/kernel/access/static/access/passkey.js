// Passkeys and security keys: asks the browser, fills the hidden field, submits. Needs mfa/js/webauthn-json.js.
(function () {
  'use strict'
  function said (form, words) {
    var place = form.querySelector('[data-passkey-said]')
    place.textContent = words
    place.hidden = !words
  }
  function options () {
    return JSON.parse(document.getElementById('js_data').textContent)
  }
  async function fetched (form) {
    var answer = await fetch(form.action, { headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' } })
    if (!answer.ok) throw new Error('options')
    return (await answer.json()).request_options
  }
  function creation (form) {
    var wanted = options().creation_options
    var box = form.querySelector('[name=passwordless]')
    var choice = wanted.publicKey.authenticatorSelection
    choice.residentKey = box && box.checked ? 'required' : 'discouraged'
    choice.requireResidentKey = Boolean(box && box.checked)
    if (box && box.checked) choice.userVerification = 'required'
    return wanted
  }
  var acts = {
    login: async function (form) { return window.webauthnJSON.get(await fetched(form)) },
    use: async function () { return window.webauthnJSON.get(options().request_options) },
    add: async function (form) { return window.webauthnJSON.create(creation(form)) }
  }
  document.querySelectorAll('form[data-passkey]').forEach(function (form) {
    var button = form.querySelector('[data-passkey-go]')
    button.addEventListener('click', async function () {
      said(form, '')
      if (!window.PublicKeyCredential) {
        said(form, '这个浏览器不支持通行密钥，换一种方式')
        return
      }
      button.setAttribute('aria-busy', 'true')
      try {
        var credential = await acts[form.dataset.passkey](form)
        form.querySelector('[name=credential]').value = JSON.stringify(credential)
        form.submit()
      } catch (problem) {
        said(form, {
          NotAllowedError: '已取消，或在规定时间内没有确认',
          SecurityError: '通行密钥要用网址打开才能使用，现在是用IP地址打开的',
          InvalidStateError: '这台设备已添加过'
        }[problem.name] || '没有完成，换一种方式，或稍后再试')
      } finally {
        button.removeAttribute('aria-busy')
      }
    })
  })
})()
